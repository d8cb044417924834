import fc from 'fast-check';

const KIB = 1024;

/** Texts that have broken one service or another. */
const oddTexts = [
  '',
  ' ',
  '\0',
  'ada\0',
  '\ud800',
  '\udfff',
  'ada\ud83d',
  '\ufeffada',
  '\u202eada\u202c',
  '\u200b',
  'ａｄａ',
  'ﬁ',
  '👩‍👩‍👧‍👦',
  'é'.normalize('NFD'),
  'İ',
  'null',
  'undefined',
  'NaN',
  '-1',
  '1e309',
  'true',
  '[object Object]',
  '{}',
  "' OR '1'='1",
  "'; DROP TABLE users; --",
  '" OR ""="',
  '%',
  '%00',
  '%zz',
  '${7*7}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '\r\nX-Injected: yes',
  '\n{"level":60}',
  '\u001b[31m',
  '(a+)+$',
  'a'.repeat(64),
  'a'.repeat(65),
  'a'.repeat(512),
  'a'.repeat(513),
  `${'a'.repeat(200)}@${'b'.repeat(60)}.example`,
  'a'.repeat(5 * KIB),
  'eyJhbGciOiJub25lIn0.e30.',
] as const;

/** Names that every object has, and some that only look harmless. */
export const oddNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'then',
  'length',
  'id',
  'roles',
  'disabled',
  '',
  ' ',
  '\0',
  '\ud800',
  'a[b]',
  'a.b',
  '$where',
  'isAdmin',
];

export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...oddTexts),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  // Halves of surrogate pairs among the rest.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
    .map((units) => String.fromCharCode(...units)),
);

/** Whatever JSON can say. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: oddText },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      0,
      -0,
      1e308,
      Number.MAX_SAFE_INTEGER,
      [],
      {},
      [[]],
      ['a', 'a'],
      { constructor: { name: 'x' } },
      { then: 'x' },
      { length: 1e9 },
    ),
  },
);

const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

/** Bodies that are no JSON object or no form, or only just. */
export const oddBody: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  oddValue.map((value) => Buffer.from(JSON.stringify(value))),
  fc
    .constantFrom(
      '',
      '{',
      '{"a":1}}',
      '[]',
      'null',
      '{"a":1e999}',
      nested('[', ']', 8000),
      nested('{"a":', '}', 2500),
      `{"password":${nested('[', ']', 8000)}}`,
      '\ufeff{}',
      '{"a":"\ufffe"}',
      '=&=&&&',
      'token',
      'token=%zz',
      'grant_type=password&grant_type=password',
      `a=${'%00'.repeat(1000)}`,
      'x'.repeat(16 * KIB),
      'x'.repeat(17 * KIB),
    )
    .map((text) => Buffer.from(text)),
);

export const oddContentType: fc.Arbitrary<string | undefined> = fc.constantFrom(
  undefined,
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  'application/json;',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'application/json',
  ';',
  'x'.repeat(500),
);

/** Headers that routes, proxies and logs look at. All that HTTP lets through in a value. */
export const oddHeaders: fc.Arbitrary<Record<string, string>> = fc.dictionary(
  fc.constantFrom(
    'User-Agent',
    'X-Request-Id',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'Forwarded',
    'Origin',
    'Referer',
    'Cookie',
    'Accept',
    'Accept-Language',
    'Content-Encoding',
    'Content-Language',
    'Range',
    'If-None-Match',
    'Accept-Version',
    'X-HTTP-Method-Override',
    'Via',
  ),
  oddText.map((text) => text.slice(0, 600).replace(/[^\t\x20-\x7e\x80-\xff]/g, '?')),
  { maxKeys: 3 },
);

/** A segment of a path, escaped so that it stays one, well or badly. */
export const oddSegment: fc.Arbitrary<string> = fc.oneof(
  oddText.map((text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '?')).slice(0, 2000)),
  fc.uuid(),
  fc.constantFrom('%00', '%ff', '%', '%c0%af', '..', '%2e%2e%2f', 'me', '*', ':id', '{id}', 'x'.repeat(101)),
);
