import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { Telemetry } from '../telemetry/telemetry.js';
import { DenylistMirror } from '../tokens/denylist-mirror.js';

/** Who signed in, what became of refresh tokens, and what was cut: as the audit trail has it. */
@Injectable()
export class TokenMetrics {
  constructor(registry: Registry, telemetry: Telemetry, denylist: DenylistMirror) {
    const registers = [registry];
    const signIns = new Counter({
      name: 'gatehouse_sign_ins_total',
      help: 'Sign-ins whose password was checked',
      labelNames: ['outcome'],
      registers,
    });
    const refreshes = new Counter({
      name: 'gatehouse_refreshes_total',
      help: 'Refresh tokens presented that held by themselves',
      labelNames: ['outcome'],
      registers,
    });
    const sessionsEnded = new Counter({
      name: 'gatehouse_sessions_ended_total',
      help: 'Sessions cut',
      labelNames: ['reason'],
      registers,
    });
    const events = new Counter({
      name: 'gatehouse_audit_events_total',
      help: 'Events written into the audit trail by this process',
      labelNames: ['type'],
      registers,
    });
    new Gauge({
      name: 'gatehouse_denylist_entries',
      help: 'Tokens and sessions that are refused before they expire',
      registers,
      collect() {
        this.set(denylist.size);
      },
    });

    // A series that is there from the start shows its first increase as one.
    signIns.inc({ outcome: 'success' }, 0);
    for (const outcome of ['rotated', 'repeated', 'reused']) refreshes.inc({ outcome }, 0);

    telemetry.on('refreshed', (outcome) => {
      refreshes.inc({ outcome });
    });
    telemetry.on('audited', ({ type, details }) => {
      events.inc({ type });
      if (type === 'signed_in') signIns.inc({ outcome: 'success' });
      if (type === 'sign_in_failed') signIns.inc({ outcome: String(details['reason']) });
      if (type === 'refresh_token_reused') refreshes.inc({ outcome: 'reused' });
      if (type === 'sessions_ended')
        sessionsEnded.inc({ reason: String(details['reason']) }, Number(details['sessions']));
    });
  }
}
