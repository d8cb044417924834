import fc from 'fast-check';
import type { CutReason } from './cut-reason.js';
import { DenylistTable, type DenylistEntry } from './denylist-table.js';

const start = Date.UTC(2026, 2, 1);
const after = (seconds: number) => new Date(start + seconds * 1000);
const entry = (id: string, reason: CutReason = 'logout', seconds = 60): DenylistEntry => ({
  id,
  reason,
  expiresAt: after(seconds),
});

const sid = '0b0f3f3e-6f3c-4f0e-9a55-0123456789ab';
const jti = `${sid}.AZaz09-_AAAA`;

/** What the table is to behave like. */
class PlainTable {
  readonly entries = new Map<string, { reason: CutReason; expiresAt: Date }>();

  remember({ id, reason, expiresAt }: DenylistEntry): void {
    const known = this.entries.get(id);
    if (!known || known.expiresAt < expiresAt)
      this.entries.set(id, { reason: known?.reason ?? reason, expiresAt });
  }

  forgetExpired(now: Date): void {
    for (const [id, { expiresAt }] of this.entries) if (expiresAt <= now) this.entries.delete(id);
  }
}

describe('DenylistTable', () => {
  it('behaves as a map does, whatever is remembered and forgotten in whichever order', async () => {
    // Of few parts, so that ids come again, and differ in one part alone.
    const ids = fc.oneof(
      fc.uuid(),
      fc
        .tuple(
          fc.constantFrom(sid, sid.replace('0b', 'fb')),
          fc.constantFrom(
            '',
            '.AAAAAAAAAAAA',
            '.AAAAAAAAAAAB',
            '.____________',
            '.BAAAAAAAAAAA',
            '.AAAA-AAAAAAA',
          ),
        )
        .map((parts) => parts.join('')),
      fc.integer({ min: 0, max: 40 }).map((n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`),
      fc.constantFrom('elsewhere', 'x', sid.toUpperCase(), `${sid}.short`),
    );
    const step = fc.oneof(
      {
        weight: 30,
        arbitrary: fc.record({
          id: ids,
          reason: fc.constantFrom<CutReason[]>('logout', 'revoked', 'admin'),
          seconds: fc.integer({ min: 1, max: 100 }),
        }),
      },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 100 }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 1000, size: 'max' }), async (steps) => {
        const table = new DenylistTable();
        const plain = new PlainTable();
        const named = new Set<string>();
        for (const one of steps) {
          if (typeof one === 'number') {
            await table.forgetExpired(after(one));
            plain.forgetExpired(after(one));
          } else {
            named.add(one.id);
            table.remember(entry(one.id, one.reason, one.seconds));
            plain.remember(entry(one.id, one.reason, one.seconds));
          }
        }
        expect(table.size).toBe(plain.entries.size);
        for (const id of named) expect([id, table.find(id)]).toEqual([id, plain.entries.get(id)?.reason]);
      }),
      { numRuns: 25 },
    );
  });

  it('takes no id for another, however alike', () => {
    const alike = [sid, jti, `${sid}.AAAAAAAAAAAA`, `${sid}.AAAAAAAAAAAB`, `${sid}.BAAAAAAAAAAA`, `${sid}.`];
    const others = [
      sid.toUpperCase(),
      sid.replace('-', '_'),
      `${sid}-AZaz09-_AAAA`,
      jti.slice(0, -1),
      `${jti}A`,
    ];
    const strange = [sid.replace('a', 'á'), sid.replace('a', 'g'), `${sid}.AZaz09-_AAA.`, '', ' ', '0', '-1'];
    const ids = [...alike, ...others, ...strange];
    for (const id of ids) {
      const table = new DenylistTable();
      table.remember(entry(id));
      expect(ids.filter((each) => table.find(each))).toEqual([id]);
    }
  });

  it('keeps the first reason and the latest expiry', async () => {
    for (const id of [sid, jti, 'elsewhere']) {
      const table = new DenylistTable();
      table.remember(entry(id, 'logout', 60));
      table.remember(entry(id, 'admin', 90));
      table.remember(entry(id, 'revoked', 30));
      await table.forgetExpired(after(89));
      expect([table.find(id), table.size]).toEqual(['logout', 1]);
      await table.forgetExpired(after(90));
      expect([table.find(id), table.size]).toEqual([undefined, 0]);
    }
  });

  it('forgets nothing before it expires, not by a part of a second, nor in another century', async () => {
    const table = new DenylistTable();
    table.remember(entry(sid, 'logout', 60.001));
    table.remember({ id: jti, reason: 'admin', expiresAt: new Date(Date.UTC(2200, 0)) });
    await table.forgetExpired(after(60));
    await table.forgetExpired(new Date(Date.UTC(2100, 0)));
    expect(table.find(jti)).toBe('admin');
  });

  it('tells reasons that it has not known from the start', () => {
    const table = new DenylistTable();
    const reasons = Array.from({ length: 255 }, (_, n) => `reason_${String(n)}` as CutReason);
    const ids = reasons.map((_, n) => sid.replace('0b0f', n.toString(16).padStart(4, '0')));
    reasons.forEach((reason, n) => {
      table.remember(entry(ids[n]!, reason));
    });
    expect(ids.map((id) => table.find(id))).toEqual(reasons);
  });

  it('refuses to lose a reason rather than to tell another', () => {
    const table = new DenylistTable();
    for (let n = 0; n < 255; n++) table.remember(entry(sid, `reason_${String(n)}` as CutReason));
    expect(() => {
      table.remember(entry(jti, 'admin'));
    }).toThrow(RangeError);
  });

  it('finds all of many, and none of them once they are forgotten', async () => {
    const table = new DenylistTable();
    const ids = Array.from({ length: 30_000 }, (_, n) =>
      sid.replace('0b0f3f3e', n.toString(16).padStart(8, '0')),
    );
    ids.forEach((id, n) => {
      table.remember(entry(id, 'revoked', n % 3));
    });
    expect([table.size, ids.filter((id) => table.find(id)).length]).toEqual([30_000, 30_000]);
    await table.forgetExpired(after(1));
    expect(ids.filter((id) => table.find(id))).toEqual(ids.filter((_, n) => n % 3 === 2));
    await table.forgetExpired(after(2));
    expect([table.size, ids.some((id) => table.find(id))]).toEqual([0, false]);
  });

  it('lets others have their turn while it forgets', async () => {
    const table = new DenylistTable();
    for (let n = 0; n < 1000; n++) table.remember(entry(sid.replace('0b0f', String(n).padStart(4, '0'))));
    let turns = 0;
    const counting = setInterval(() => turns++);
    const ended = table.forgetExpired(after(100));
    table.remember(entry(jti, 'admin', 200));
    await ended;
    clearInterval(counting);
    expect([table.size, table.find(jti)]).toEqual([1, 'admin']);
    expect(turns).toBeGreaterThan(0);
  });
});
