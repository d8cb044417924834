import type { Logger } from '@nestjs/common';
import { OutageLog } from './outage-log.js';

describe('the log of an outage', () => {
  let lines: string[];
  let outages: OutageLog;

  beforeEach(() => {
    lines = [];
    const add = (line: string) => lines.push(line);
    outages = new OutageLog('The feed', { warn: add, log: add } as unknown as Logger);
  });

  it('has one line when it begins and one when it ends, for each thing that fails', () => {
    outages.worked('read');
    for (let n = 0; n < 3; n++) outages.failed('read', new Error(`failure ${String(n)}`));
    outages.failed('followed', new Error('silent'));
    for (let n = 0; n < 3; n++) outages.worked('read');
    outages.failed('read', new Error('another'));
    expect(lines).toEqual([
      'The feed cannot be read: failure 0',
      'The feed cannot be followed: silent',
      'The feed is read again',
      'The feed cannot be read: another',
    ]);
  });

  it('names what a failure came from, where that has no message too', () => {
    const refused = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
    outages.failed('read', new TypeError('fetch failed', { cause: refused }));
    outages.failed('followed', 'a text');
    expect(lines).toEqual([
      'The feed cannot be read: fetch failed: ECONNREFUSED',
      'The feed cannot be followed: a text',
    ]);
  });
});
