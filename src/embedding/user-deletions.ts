import { Logger } from '@nestjs/common';
import type { AuditEvent } from '../audit/audit-event.entity.js';
import type { AuditEvents } from '../audit/audit-events.service.js';
import type { AuditedEvent } from '../telemetry/telemetry.js';

const TYPE = 'user_deleted';
const FIRST_LOOK_AFTER_MS = 1000;
const LOOKS_EVERY_MS = 60_000;
const AT_A_TIME = 500;

/** Deletes what a feature of the application keeps of a user, and fails if that is still there. */
export type DeleteOf = (userId: string) => Promise<unknown>;

/**
 * Has a feature of the application delete what it keeps of users who were deleted, whichever process did that. Beside what
 * it hears of at once, it looks into the audit trail: at the start from its beginning, as the last process may have been
 * killed between the two, and then at what is new. Each deletion is seen by two looks, since a request that was under way
 * may have added to what the first has deleted.
 */
export class UserDeletions {
  private readonly logger = new Logger(UserDeletions.name);
  /** The last event that needs no other look. */
  private settled = 0;
  /** The last event that the last look has seen. */
  private seen = 0;
  private timer: NodeJS.Timeout | undefined;
  private underWay = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly events: AuditEvents,
    /** What is deleted, in the words of a log. */
    private readonly feature: string,
    private readonly deleteOf: DeleteOf,
  ) {
    this.plan(FIRST_LOOK_AFTER_MS);
  }

  /** Takes an event that this process has just recorded. */
  async hear({ type, userId }: AuditedEvent): Promise<void> {
    if (type === TYPE && userId !== null) await this.isDeleted(userId);
  }

  /** Ends the looks, and waits for the one that is under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.underWay;
  }

  private plan(ms: number): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.underWay = this.look().then(() => {
        this.plan(LOOKS_EVERY_MS);
      });
    }, ms).unref();
  }

  private async look(): Promise<void> {
    try {
      const [last, failed] = await this.deleteAll();
      this.settled = Math.min(this.seen, failed - 1);
      this.seen = last;
    } catch (error) {
      this.logger.error(`The deleted users cannot be read, whose ${this.feature} would go: ${String(error)}`);
    }
  }

  /** @returns the last event that there is, and the first whose rows are still there */
  private async deleteAll(): Promise<[last: number, failed: number]> {
    let [last, failed] = [this.settled, Infinity];
    let page: AuditEvent[];
    do {
      page = await this.events.listAfter(TYPE, last, AT_A_TIME);
      for (const { seq, userId } of page) {
        if (this.isStopped) return [last, failed];
        if (userId !== null && !(await this.isDeleted(userId))) failed = Math.min(failed, seq);
        last = seq;
      }
    } while (page.length === AT_A_TIME);
    return [last, failed];
  }

  private async isDeleted(userId: string): Promise<boolean> {
    try {
      await this.deleteOf(userId);
      return true;
    } catch (error) {
      this.logger.error(
        `The ${this.feature} of the deleted user ${userId} are still there: ${String(error)}`,
      );
      return false;
    }
  }
}
