import type { AuditEvent } from './audit-event.entity.js';
import { commitment, GENESIS, hashOf } from './chain.js';

/** A place in the chain: the number of an event, and its hash. */
export interface ChainLink {
  readonly seq: number;
  readonly hash: string;
}

/** The first event that is not as it was written. */
export interface ChainFault {
  readonly seq: number;
  /** Of the row that has this number now, if one has. */
  readonly id: string | null;
  readonly fault: string;
}

/** Where a chain that holds ends, and how many of its events have had their personal data erased. */
export interface ChainReport extends ChainLink {
  readonly erased: number;
}

/** Goes along the chain, event by event, and stops at the first fault. */
export class ChainWalk {
  fault: ChainFault | undefined;
  /** The number of the row looked at last. */
  last: number | undefined;
  private link: ChainLink = { seq: 0, hash: GENESIS };
  private erased = 0;
  /** The users whose data the chain itself says were erased, and the events without data that have to be of one of them. */
  private readonly erasedUsers = new Set<string | null>();
  private readonly unexplained = new Map<string, AuditEvent>();

  constructor(private readonly anchor?: ChainLink) {}

  /** Looks at the row with the next number there is. */
  step(event: AuditEvent): void {
    if (this.fault) return;
    this.last = event.seq;
    this.fault = this.faultIn(event);
    this.link = event;
    if (event.type === 'personal_data_erased') this.erasedUsers.add(event.userId);
    if (event.personal === null) this.noteErased(event);
  }

  /** What there is to say of the whole chain. @param head where it has to end */
  end(head: ChainLink): ChainReport | ChainFault {
    const { seq, hash } = this.link;
    return this.fault ?? this.faultAtEnd(head) ?? { seq, hash, erased: this.erased };
  }

  private faultIn(event: AuditEvent): ChainFault | undefined {
    const { seq, id } = event;
    const due = this.link.seq + 1;
    if (seq > due) return { seq: due, id: null, fault: 'is missing' };
    if (seq < due) return { seq, id, fault: 'was never written by the service' };
    if (hashOf(this.link.hash, event) !== event.hash)
      return { seq, id, fault: 'was altered, or does not belong after the one before it' };
    if (!keepsItsWord(event)) return { seq, id, fault: 'has other personal data than it was written with' };
    if (seq === this.anchor?.seq && event.hash !== this.anchor.hash)
      return { seq, id, fault: 'is another one than was noted' };
    return undefined;
  }

  private faultAtEnd(head: ChainLink): ChainFault | undefined {
    const { seq, hash } = this.link;
    if (seq < Math.max(head.seq, this.anchor?.seq ?? 0))
      return { seq: seq + 1, id: null, fault: 'is missing' };
    if (seq > head.seq || hash !== head.hash)
      return { seq, id: null, fault: 'is not the one that the chain was left with' };
    for (const event of this.unexplained.values())
      if (!this.erasedUsers.has(event.userId) && !this.erasedUsers.has(event.actorId))
        return { seq: event.seq, id: event.id, fault: 'has lost its personal data, and no event says why' };
    return undefined;
  }

  private noteErased(event: AuditEvent): void {
    this.erased++;
    const people = JSON.stringify([event.userId, event.actorId]);
    if (!this.unexplained.has(people)) this.unexplained.set(people, event);
  }
}

/** Whether the personal data are those that the hash stands for, or erased. */
function keepsItsWord({ personal, salt, personalDigest }: AuditEvent): boolean {
  if (personal === null || salt === null) return personal === salt;
  return commitment(salt, personal) === personalDigest;
}
