import { createHash, randomBytes } from 'node:crypto';
import type { AuditEvent } from './audit-event.entity.js';

/** What the first event follows. */
export const GENESIS = '0'.repeat(64);

const SALT_BYTES = 16;

/** What an event is hashed over: all of it but the personal data, which only its digest stands for. */
type HashedEvent = Omit<AuditEvent, 'hash' | 'personal' | 'salt'>;

/** The hash of an event: over the hash of the one before it, and so over all before it. */
export function hashOf(previous: string, event: HashedEvent): string {
  const { seq, id, createdAt, type, outcome, userId, actorId, details, personalDigest } = event;
  return digest([
    previous,
    seq,
    id,
    createdAt.getTime(),
    type,
    outcome,
    userId,
    actorId,
    details,
    personalDigest,
  ]);
}

/** What can be erased later without the hash changing: a salted commitment stands in the hash in its place. */
export function commitTo(personal: string): Pick<AuditEvent, 'personal' | 'salt' | 'personalDigest'> {
  const salt = randomBytes(SALT_BYTES).toString('base64url');
  return { personal, salt, personalDigest: commitment(salt, personal) };
}

export function commitment(salt: string, personal: string): string {
  return digest([salt, personal]);
}

/** SHA-256 over a JSON array, which no two lists of values share. */
function digest(values: readonly (string | number | null)[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex');
}
