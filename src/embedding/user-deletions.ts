import { Logger } from '@nestjs/common';
import type { AuditEvent } from '../audit/audit-event.entity.js';
import type { AuditEvents } from '../audit/audit-events.service.js';
import type { AuditedEvent } from '../telemetry/telemetry.js';

const TYPE = 'user_deleted';
const FIRST_LOOK_AFTER_MS = 1000;
const LOOKS_EVERY_MS = 60_000;
const AT_A_TIME = 500;

interface Progress {
  /** The last event that needs no other look. */
  settled: number;
  /** The last event that the last look has seen. */
  seen: number;
}

const fromTheBeginning = (): Progress => ({ settled: 0, seen: 0 });

/** Deletes what a feature of the application keeps of a user, and fails if that is still there. */
export type DeleteOf = (userId: string) => Promise<unknown>;

/**
 * Has features of the application delete what they keep of users who were deleted, whichever process did that. Beside what
 * it hears of at once, it looks into the audit trail: at the start from its beginning, as the last process may have been
 * killed between the two, and then at what is new. Each deletion is seen by two looks, since a request that was under way
 * may have added to what the first has deleted.
 */
export class UserDeletions {
  private readonly logger = new Logger(UserDeletions.name);
  private readonly features = new Map<string, DeleteOf>();
  /** How far along the trail the features have come; from its beginning again with each that is added. */
  private progress: Progress = fromTheBeginning();
  /** Of whom something is still there, as it could not be deleted. */
  private readonly failed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    private readonly events: AuditEvents,
    /** Whether somebody has an account: who was imported after the deletion has the same id again. */
    private readonly isThere: (userId: string) => Promise<boolean>,
  ) {}

  /** @param feature what is deleted, in the words of a log @throws Error where another feature has that name */
  add(feature: string, deleteOf: DeleteOf): void {
    if (this.features.has(feature)) throw new Error(`${feature} are deleted by another feature already`);
    this.features.set(feature, deleteOf);
    this.progress = fromTheBeginning();
    this.plan(FIRST_LOOK_AFTER_MS);
  }

  /** Takes an event that this process has just recorded. */
  async hear({ type, userId }: AuditedEvent): Promise<void> {
    if (type === TYPE && userId !== null) await this.attempt(() => this.deleteAllOf(userId));
  }

  /** Ends the looks, while what they delete from is still there. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private plan(ms: number): void {
    clearTimeout(this.timer);
    if (this.isStopped) return;
    const timer = setTimeout(() => {
      void this.attempt(() => this.look(this.progress)).then(() => {
        // Unless a feature was added meanwhile, which has its own.
        if (this.timer === timer) this.plan(LOOKS_EVERY_MS);
      });
    }, ms).unref();
    this.timer = timer;
  }

  private async look(progress: Progress): Promise<void> {
    for (const userId of [...this.failed]) await this.deleteAllOf(userId);
    const last = await this.deleteAfter(progress.settled);
    progress.settled = progress.seen;
    progress.seen = last;
  }

  /** @returns the last event that there is */
  private async deleteAfter(settled: number): Promise<number> {
    let last = settled;
    let page: AuditEvent[];
    do {
      page = await this.events.listAfter(TYPE, last, AT_A_TIME);
      for (const { seq, userId } of page) {
        if (userId !== null) await this.deleteAllOf(userId);
        last = seq;
      }
    } while (page.length === AT_A_TIME);
    return last;
  }

  /** @throws Error where nobody can tell whether they have an account */
  private async deleteAllOf(userId: string): Promise<void> {
    const isThere = await this.isThere(userId);
    this.failed.delete(userId);
    if (isThere) return;
    for (const [feature, deleteOf] of this.features) {
      if (this.isStopped) return;
      try {
        await deleteOf(userId);
      } catch (error) {
        this.failed.add(userId);
        this.complain(`The ${feature} of the deleted user ${userId} are still there`, error);
      }
    }
  }

  /** Does what is done again by the next look if it fails. */
  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.complain('The deleted users cannot be read', error);
    }
  }

  private complain(what: string, error: unknown): void {
    if (!this.isStopped) this.logger.error(`${what}: ${String(error)}`);
  }
}
