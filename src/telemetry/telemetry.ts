import { Injectable } from '@nestjs/common';
import { EventEmitter } from 'node:events';

/** What has happened, as the audit trail has it. */
export interface AuditedEvent {
  /** As docs/audit.md lists them. */
  readonly type: string;
  /** Whom it concerns; null where it is nobody, or nobody that there is. */
  readonly userId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What the service tells of its work, to whoever measures it. */
interface TelemetryEvents {
  /** An event of the audit trail, once it is durable. */
  audited: [event: AuditedEvent];
  /** A refresh was answered with the next pair of tokens, or once more with the same one. */
  refreshed: [outcome: 'rotated' | 'repeated'];
  /** A mail was taken by the server; or not, and is tried again; or never will be. */
  mailed: [outcome: 'sent' | 'failed' | 'given_up'];
  /** Redis has answered a command, or not. */
  redisAsked: [outcome: 'ok' | 'error', seconds: number];
}

/**
 * Where the parts of the service tell what they did. They know nobody who listens, and with nobody listening it costs
 * nothing. A listener must not throw: what it is told of has happened.
 */
@Injectable()
export class Telemetry extends EventEmitter<TelemetryEvents> {}
