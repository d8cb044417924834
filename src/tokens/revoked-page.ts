import type { EntityManager } from 'typeorm';
import type { CutReason } from './cut-reason.js';
import type { DenylistEntry } from './denylist-table.js';
import { RevokedToken } from './revoked-token.entity.js';

const MOST_ROWS = 5000;
const ALL = new Date(0);

/** Some of the revoked tokens, in the order of their numbers. */
export interface RevokedPage {
  readonly entries: Iterable<DenylistEntry>;
  /** The number of the last one, expired or not. */
  readonly lastSeq: number;
  /** Whether there may be more after it. */
  readonly isFull: boolean;
}

interface PageRow {
  readonly count: number | string;
  readonly last: number | null;
  entries: string | null;
}

// No blank is in an id (token-claims.ts), nor in a reason.
const joined = "page.expires_at || ' ' || page.reason || ' ' || page.id";
const ENTRY = /(\d+) (\S+) (\S+)/g;

/** How many revoked tokens there are, with those that have expired and are not swept yet. */
export function countRevoked(manager: EntityManager): Promise<number> {
  return manager.count(RevokedToken);
}

/**
 * Loads what was revoked after a number. The database makes one text of it: to hand over a million rows, each as an
 * object, takes sqlite3 several times as long as to find them.
 * @param rows how many at most
 * @param expiringAfter leaves out what expires by then: who loads for good leaves out nothing, as its clock may be ahead
 */
export async function loadRevoked(
  manager: EntityManager,
  seq: number,
  rows = MOST_ROWS,
  expiringAfter = ALL,
): Promise<RevokedPage> {
  const page = await manager
    .createQueryBuilder()
    .select('COUNT(*)', 'count')
    .addSelect('MAX(page.seq)', 'last')
    .addSelect(`STRING_AGG(${joined}, ' ') FILTER (WHERE page.expires_at > :after)`, 'entries')
    .from(
      (query) =>
        query
          .select(['row.seq AS seq', 'row.id AS id', 'row.reason AS reason', 'row.expires_at AS expires_at'])
          .from(RevokedToken, 'row')
          .where('row.seq > :seq', { seq })
          .orderBy('row.seq')
          .limit(rows),
      'page',
    )
    .setParameter('after', expiringAfter.getTime())
    .getRawOne<PageRow>();
  const text = page?.entries ?? '';
  // sqlite3 keeps hold of its answers until all garbage is collected: of a million rows some 60 MiB, long after the start.
  if (page) page.entries = null;
  return {
    entries: readEntries(text),
    lastSeq: page?.last ?? seq,
    isFull: Number(page?.count) === rows,
  };
}

/**
 * The highest number that was ever given to a revocation, also where its row is swept.
 * @returns at least that of the last one that is committed
 */
export async function lastNumberGiven(manager: EntityManager): Promise<number> {
  const [found] = await manager.query<{ seq: number | string | null }[]>(
    manager.connection.options.type === 'sqlite'
      ? "SELECT seq FROM sqlite_sequence WHERE name = 'revoked_tokens'"
      : "SELECT pg_sequence_last_value(pg_get_serial_sequence('revoked_tokens', 'seq')::regclass) AS seq",
  );
  return Number(found?.seq ?? 0);
}

function* readEntries(text: string): Iterable<DenylistEntry> {
  for (const [, expiresAt, reason, id] of text.matchAll(ENTRY))
    yield { id: id ?? '', reason: reason as CutReason, expiresAt: new Date(Number(expiresAt)) };
}
