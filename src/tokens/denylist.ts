import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { MoreThan, type EntityManager } from 'typeorm';
import { Settings, type TokenType } from '../config/settings.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Clock } from '../time/clock.js';
import type { CutReason } from './cut-reason.js';
import { RevokedToken } from './revoked-token.entity.js';

/** What to refuse: a token by its `jti`, or all tokens of a session by their `sid`. */
export interface DenylistEntry {
  readonly id: string;
  readonly reason: CutReason;
  readonly expiresAt: Date;
}

const ROWS_A_PAGE = 5000;
const ROWS_A_STATEMENT = 100;
const FOLLOW_EVERY_MS = 500;

/**
 * The revoked tokens, mirrored in memory so that a check costs no statement. Entries are written to the database
 * before the revocation is answered, loaded at start, and followed while running: the command line and other instances
 * write too.
 */
@Injectable()
export class Denylist implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(Denylist.name);
  private readonly entries = new Map<string, DenylistEntry>();
  private readonly checked: ReadonlySet<TokenType>;
  private lastSeq = 0;
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
    settings: Settings,
  ) {
    this.checked = new Set(settings.denylistTokenChecks);
  }

  /** How many tokens and sessions are on it. */
  get size(): number {
    return this.entries.size;
  }

  async onModuleInit(): Promise<void> {
    await this.follow();
    this.followOn();
  }

  onModuleDestroy(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  /** Why a token is refused. @returns undefined where it is not, or where `DENYLIST_TOKEN_CHECKS` leaves its type out. */
  find(type: TokenType, { jti, sid }: { jti: string; sid: string }): CutReason | undefined {
    if (!this.checked.has(type)) return undefined;
    return (this.entries.get(jti) ?? this.entries.get(sid))?.reason;
  }

  /** Adds entries in the open unit of work; they hold in memory as soon as it is durable. */
  async add(manager: EntityManager, entries: readonly DenylistEntry[]): Promise<void> {
    const revokedAt = this.clock.now();
    const rows = entries.map((entry) => ({ ...entry, revokedAt }));
    for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
      const some = rows.slice(start, start + ROWS_A_STATEMENT);
      await manager.createQueryBuilder().insert().into(RevokedToken).values(some).orIgnore().execute();
    }
    this.work.afterCommit(() => {
      entries.forEach((entry) => {
        this.remember(entry);
      });
    });
  }

  /** Forgets what has expired; expired tokens are refused for that. */
  forgetExpired(): void {
    const now = this.clock.now();
    for (const [id, { expiresAt }] of this.entries) if (expiresAt <= now) this.entries.delete(id);
  }

  /** Takes up what was revoked by anybody since the last look. */
  async follow(): Promise<void> {
    let page: RevokedToken[];
    do {
      page = await this.loadSince(this.lastSeq);
      page.forEach((row) => {
        this.remember(row);
      });
      this.lastSeq = page.at(-1)?.seq ?? this.lastSeq;
    } while (page.length === ROWS_A_PAGE);
  }

  /** In turn with the writers: an entry seen in a unit that fails would hold, and the next with its number be missed. */
  private loadSince(seq: number): Promise<RevokedToken[]> {
    return this.work.runStatement((manager) =>
      manager.find(RevokedToken, { where: { seq: MoreThan(seq) }, order: { seq: 'ASC' }, take: ROWS_A_PAGE }),
    );
  }

  private remember({ id, reason, expiresAt }: DenylistEntry): void {
    const known = this.entries.get(id);
    if (!known || known.expiresAt < expiresAt)
      this.entries.set(id, { id, reason: known?.reason ?? reason, expiresAt });
  }

  private followOn(): void {
    // A look may have been under way when the service was stopped.
    if (this.isOver) return;
    this.timer = setTimeout(() => {
      this.follow()
        .catch((error: unknown) => {
          this.logger.error(error);
        })
        .finally(() => {
          this.followOn();
        });
    }, FOLLOW_EVERY_MS).unref();
  }
}
