import { CompactEncrypt, generateKeyPair } from 'jose';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { refusal } from '../support/api-client.js';
import { encode, type Content, type Forger } from '../support/forger.js';
import { TokenPlaces } from '../support/token-places.js';

const LONGEST_TOKEN = 4096;
const BYTE_ORDER_MARK = '\ufeff';

/** JSON of an object that has these members after its own, also where it has them already. */
const withMembers = (object: object, members: string) => `${JSON.stringify(object).slice(0, -1)},${members}}`;
const withMembersFirst = (object: object, members: string) =>
  `{${members},${JSON.stringify(object).slice(1)}`;

/** A good token of so many characters: base64url grows in steps, so that both parts must be filled. */
function ofLength(genuine: Forger, length: number): string {
  const fill = (inHeader: number, inPayload: number) =>
    genuine.sign(
      { ...genuine.header, filler: 'x'.repeat(inHeader) },
      { ...genuine.claims, filler: 'x'.repeat(inPayload) },
    );
  const most = Math.floor((length - fill(0, 0).length) * 0.75);
  const tokens = [0, 1, 2, 3].flatMap((less) => [0, 1, 2, 3].map((inHeader) => fill(inHeader, most - less)));
  const token = tokens.find((each) => each.length === length);
  if (token === undefined) throw new Error(`there is no token of ${String(length)} characters`);
  return token;
}

describe('a text in the place of a token', () => {
  let places: TokenPlaces;

  const presentRaw = (token: string) => {
    const { hostname, port } = new URL(places.service.url);
    const socket = connect(Number(port), hostname);
    socket.end(`GET /protected HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    return text(socket);
  };

  beforeAll(async () => {
    places = await TokenPlaces.start();
  });
  afterAll(() => places.stop());

  it('is accepted where it is a token, so that the refusals below mean something', async () => {
    await places.expectAccepted((genuine) => genuine.sign(genuine.header, genuine.claims));
  });

  it.each<[string, (genuine: Forger) => string]>([
    ['a word', () => 'token'],
    ['a number', () => '1'],
    ['a full stop', () => '.'],
    ['two full stops', () => '..'],
    ['nothing but full stops', () => '.'.repeat(4096)],
    ['one part', ({ parts }) => parts[0]],
    ['two parts', ({ parts }) => `${parts[0]}.${parts[1]}`],
    ['a token without a header', ({ parts }) => `.${parts[1]}.${parts[2]}`],
    ['a token without a payload', ({ parts }) => `${parts[0]}..${parts[2]}`],
    ['a token with an empty part before it', ({ token }) => `.${token}`],
    ['a token with an empty part after it', ({ token }) => `${token}.`],
    ['a token and a half', ({ token, parts }) => `${token}.${parts[2]}`],
    ['two tokens', ({ token }) => `${token} ${token}`],
    ['two tokens and a comma', ({ token }) => `${token},${token}`],
    ['a token in quotation marks', ({ token }) => `"${token}"`],
    ['a token in base64url', ({ token }) => encode(token)],
    ['a token spelled backwards', ({ token }) => Array.from(token).reverse().join('')],
    ['a token after a byte order mark', ({ token }) => `${BYTE_ORDER_MARK}${token}`],
    ['a token after a zero-width space', ({ token }) => `\u200b${token}`],
    ['a token with full-width full stops', ({ token }) => token.replaceAll('.', '．')],
    ['its payload as it is', ({ claims }) => JSON.stringify(claims)],
    ['an address', () => 'https://elsewhere.example/token'],
    ['an opaque token', () => 'oaat_0123456789abcdef0123456789abcdef'],
    ['a PASETO', ({ parts }) => `v4.public.${parts[1]}`],
  ])('is refused where it is %s', async (_, make) => {
    await places.expectRefused(make);
  });

  it('is refused where it is encrypted (JWE), for whomever', async () => {
    const { publicKey } = await generateKeyPair('ECDH-ES');
    const encrypted = await new CompactEncrypt(Buffer.from(places.access.token))
      .setProtectedHeader({ ...places.access.header, alg: 'ECDH-ES', enc: 'A128GCM', cty: 'JWT' })
      .encrypt(publicKey);
    await places.expectRefused(() => encrypted);
    await places.expectRefused(
      ({ parts: [header, payload, signature] }) => `${header}..${payload}.AA.${signature}`,
    );
  });

  it('is refused where it is a token in a token', async () => {
    await places.expectRefused((genuine) => genuine.sign({ ...genuine.header, cty: 'JWT' }, genuine.token));
    await places.expectRefused((genuine) => genuine.sign(genuine.header, JSON.stringify(genuine.token)));
    await places.expectRefused((genuine) => genuine.sign(genuine.header, { jwt: genuine.token }));
  });

  it('is refused where it is in JSON serialization (RFC 7515 §7.2)', async () => {
    const flattened = ({ parts: [header, payload, signature] }: Forger) =>
      JSON.stringify({ protected: header, payload, signature });
    const general = ({ parts: [header, payload, signature] }: Forger) =>
      JSON.stringify({ payload, signatures: [{ protected: header, signature }] });
    for (const serialize of [flattened, general]) {
      await places.expectRefused(serialize);
      await places.expectRefused((genuine) => encode(serialize(genuine)));
    }
  });

  it.each<[string, (genuine: Forger) => Content]>([
    ['empty JSON', () => '{}'],
    ['no JSON', () => '{"sub":'],
    ['null', () => null],
    ['a list', ({ claims }) => [claims]],
    ['a text', () => '"sub"'],
    ['a number', () => 42],
    ['true', () => true],
    ['two documents', ({ claims }) => `${JSON.stringify(claims)}${JSON.stringify(claims)}`],
    ['after a byte order mark', ({ claims }) => `${BYTE_ORDER_MARK}${JSON.stringify(claims)}`],
    ['before a NUL', ({ claims }) => `${JSON.stringify(claims)}\0`],
    ['in single quotes', ({ claims }) => JSON.stringify(claims).replaceAll('"', "'")],
    ['with a comment', ({ claims }) => `${JSON.stringify(claims)}//`],
    ['in UTF-16', ({ claims }) => Buffer.from(JSON.stringify(claims), 'utf16le')],
    ['compressed', () => Buffer.from([0x78, 0x9c, 0xab, 0xae, 0x05, 0x00, 0x01, 0x75, 0x00, 0xf9])],
  ])('is refused where its payload is %s, though well signed', async (_, payload) => {
    await places.expectRefused((genuine) => genuine.sign(genuine.header, payload(genuine)));
  });

  it('is refused where its header is after a byte order mark, or in UTF-16', async () => {
    const marked = ({ header }: Forger) => `${BYTE_ORDER_MARK}${JSON.stringify(header)}`;
    const wide = ({ header }: Forger) => Buffer.from(JSON.stringify(header), 'utf16le');
    await places.expectRefused((genuine) => genuine.sign(marked(genuine), genuine.claims));
    await places.expectRefused((genuine) => genuine.sign(wide(genuine), genuine.claims));
  });

  it('gains nothing from bytes that are no UTF-8: they count as no letter', async () => {
    const broken = ({ claims }: Forger, claim: string) =>
      Buffer.from(JSON.stringify({ ...claims, [claim]: '\xff' }), 'latin1');
    for (const claim of ['iss', 'aud', 'sub', 'sid', 'jti', 'type'])
      await places.expectRefused((genuine) => genuine.sign(genuine.header, broken(genuine, claim)));
    // 0xC3 would begin a letter of two bytes; it does not swallow the quotation mark.
    await places.expectRefused((genuine) => {
      const header = Buffer.from(withMembers(genuine.header, '"a":"\xc3","alg":"none"'), 'latin1');
      return genuine.sign(header, genuine.claims);
    });
  });

  describe('that has a member twice', () => {
    it('is read as the last one says, in the header', async () => {
      for (const [member, wrong] of [
        ['alg', 'none'],
        ['alg', 'HS256'],
        ['kid', 'other'],
        ['typ', 'JWT'],
      ] as const) {
        const twice = `"${member}":"${wrong}"`;
        await places.expectRefused((genuine) =>
          genuine.sign(withMembers(genuine.header, twice), genuine.claims),
        );
        await places.expectAccepted((genuine) =>
          genuine.sign(withMembersFirst(genuine.header, twice), genuine.claims),
        );
      }
    });

    it('is read so also where it is spelled with escapes', async () => {
      const twice = String.raw`"\u0061lg":"none"`;
      await places.expectRefused((genuine) =>
        genuine.sign(withMembers(genuine.header, twice), genuine.claims),
      );
      await places.expectAccepted((genuine) =>
        genuine.sign(withMembersFirst(genuine.header, twice), genuine.claims),
      );
    });

    it('is refused where one of them is refused, wherever it stands', async () => {
      for (const put of [withMembers, withMembersFirst])
        await places.expectRefused((genuine) =>
          genuine.sign(put(genuine.header, '"jwk":{},"jwk":null'), genuine.claims),
        );
    });

    it('is read as the last one says, in the payload', async () => {
      for (const twice of [
        '"iss":"elsewhere"',
        '"aud":"elsewhere"',
        '"type":"other"',
        '"exp":1e308',
        '"sub":null',
      ]) {
        await places.expectRefused((genuine) =>
          genuine.sign(genuine.header, withMembers(genuine.claims, twice)),
        );
        await places.expectAccepted((genuine) =>
          genuine.sign(genuine.header, withMembersFirst(genuine.claims, twice)),
        );
      }
    });
  });

  it('is read up to 4 KiB, and refused beyond, though it is well signed', async () => {
    await places.expectAccepted((genuine) => ofLength(genuine, LONGEST_TOKEN));
    await places.expectRefused((genuine) => ofLength(genuine, LONGEST_TOKEN + 1));
    await places.expectRefused((genuine) => ofLength(genuine, LONGEST_TOKEN + 2));
  });

  it('is accepted as deep as 4 KiB let it be, and refused deeper', async () => {
    const nested = (depth: number) => `"deep":${'['.repeat(depth)}${']'.repeat(depth)}`;
    await places.expectAccepted((genuine) =>
      genuine.sign(genuine.header, withMembers(genuine.claims, nested(1000))),
    );
    await places.expectRefused((genuine) =>
      genuine.sign(genuine.header, withMembers(genuine.claims, nested(3000))),
    );
    await places.expectRefused((genuine) => genuine.sign(genuine.header, '['.repeat(8000)));
    await places.expectRefused((genuine) => genuine.sign('{"a":'.repeat(2000), genuine.claims));
  });

  it('is refused unread where it is longer than HTTP lets it be, and others are served on', async () => {
    expect(await presentRaw('a'.repeat(20_000))).toMatch(/^HTTP\/1.1 431 /);
    // The server may hang up while it is still being told.
    expect(await presentRaw('a'.repeat(1_000_000)).catch(() => '')).toMatch(/^HTTP\/1.1 431 |^$/);

    const { api } = places.service;
    const token = 'a'.repeat(17_000);
    const tooLarge = { status: 413, error: 'payload_too_large' };
    expect(refusal(await api.post('/refresh', { refresh_token: token }))).toEqual(tooLarge);
    expect(refusal(await api.postForm('/revoke', { token }))).toEqual(tooLarge);
    await places.expectAccepted((genuine) => genuine.token);
  });

  it('counts as missing where it is empty', async () => {
    const { api } = places.service;
    const missing = { status: 401, error: 'token_missing' };
    expect(refusal(await api.post('/refresh', { refresh_token: '' }))).toEqual(missing);
    const missingInForm = { status: 400, error: 'invalid_request' };
    expect(refusal(await api.postForm('/revoke', { token: '' }))).toEqual(missingInForm);
  });

  it('ends no session and spends nothing by being refused', () => places.expectUnharmed());
});
