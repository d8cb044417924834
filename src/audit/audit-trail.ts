import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../time/clock.js';
import { AuditEvent } from './audit-event.entity.js';

export type AuditEventType =
  | 'user_registered'
  | 'user_created'
  | 'users_imported'
  | 'users_exported'
  | 'user_disabled'
  | 'user_enabled'
  | 'user_deleted'
  | 'roles_changed'
  | 'email_changed'
  | 'password_set'
  | 'password_changed'
  | 'password_reset'
  | 'username_changed'
  | 'email_change_requested'
  | 'email_verified'
  | 'signed_in'
  | 'sessions_ended'
  | 'token_revoked'
  | 'refresh_token_reused'
  | 'signing_key_rotated'
  | 'signing_key_retired';

interface Happening {
  readonly type: AuditEventType;
  readonly userId: string | null;
  readonly ip?: string;
  /** Facts worth keeping; never a secret. */
  readonly details?: object;
}

/** Writes down what happened, in the transaction of the change it tells of: both hold, or neither. */
@Injectable()
export class AuditTrail {
  constructor(private readonly clock: Clock) {}

  async record(manager: EntityManager, { type, userId, ip, details = {} }: Happening): Promise<void> {
    await manager.insert(AuditEvent, { at: this.clock.now(), type, userId, ip: ip ?? null, details });
  }

  /** All that happened to a user, in order. */
  listOf(manager: EntityManager, userId: string): Promise<AuditEvent[]> {
    return manager.find(AuditEvent, { where: { userId }, order: { id: 'ASC' } });
  }
}
