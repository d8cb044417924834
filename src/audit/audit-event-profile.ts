import type { AuditOutcome } from './audit-event-types.js';
import type { AuditEvent, PersonalData } from './audit-event.entity.js';

/** An event as its user may see it. */
export class SecurityEventProfile {
  /** UUID */
  id!: string;
  type!: string;
  /** `success` or `failure` */
  outcome!: AuditOutcome;
  /** Whom it concerns */
  user_id!: string | null;
  ip!: string | null;
  user_agent!: string | null;
  /** ISO 8601, UTC */
  created_at!: string;
  details!: object;

  /** Where an administrator acted, from where is none of the user's business. */
  static from(event: AuditEvent): SecurityEventProfile {
    const { id, type, outcome, userId, actorId, createdAt } = event;
    const { ip = null, user_agent = null } = actorId === null ? personalDataOf(event) : {};
    const created_at = createdAt.toISOString();
    return { id, type, outcome, user_id: userId, ip, user_agent, created_at, details: detailsOf(event) };
  }
}

/** An event as administrators see it. */
export class AuditEventProfile extends SecurityEventProfile {
  /** Who did it, where that is another user */
  actor_id!: string | null;
  request_id!: string | null;

  static override from(event: AuditEvent): AuditEventProfile {
    const { ip = null, user_agent = null, request_id = null } = personalDataOf(event);
    return Object.assign(SecurityEventProfile.from(event), {
      actor_id: event.actorId,
      ip,
      user_agent,
      request_id,
    });
  }
}

export class SecurityEventList {
  events!: SecurityEventProfile[];
  /** Where the next page begins; null on the last one */
  next_cursor!: string | null;
}

export class AuditEventList {
  events!: AuditEventProfile[];
  /** Where the next page begins; null on the last one */
  next_cursor!: string | null;
}

function personalDataOf({ personal }: AuditEvent): PersonalData {
  return JSON.parse(personal ?? '{}') as PersonalData;
}

function detailsOf(event: AuditEvent): object {
  return { ...(JSON.parse(event.details) as object), ...personalDataOf(event).details };
}
