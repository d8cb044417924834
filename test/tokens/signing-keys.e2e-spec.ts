import { createLocalJWKSet, createRemoteJWKSet, importJWK, jwtVerify, SignJWT, type JWK } from 'jose';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredKey } from '../../src/tokens/key-ring.js';
import { KeyRotationService } from '../../src/tokens/key-rotation.service.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { refusal } from '../support/api-client.js';
import { ada } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf, headerOf } from '../support/tokens.js';
import { until } from '../support/until.js';
import { watchFilesOften } from '../support/watch-files-often.js';

const KNOWN_AFTER = 360;
const LAST_TOKEN_EXPIRED_AFTER = 2_592_000 + 60;
const invalid = { status: 401, error: 'token_invalid' };

const jwksOf = async (service: TestApp) =>
  (await service.api.get('/.well-known/jwks.json').expect(200)).body as { keys: JWK[] };
const kidsOf = async (service: TestApp) => (await jwksOf(service)).keys.map(({ kid }) => kid);
const storedIn = (service: TestApp) =>
  (JSON.parse(readFileSync(join(service.folder, 'keys.json'), 'utf8')) as { keys: StoredKey[] }).keys;
const stagesIn = (service: TestApp) => storedIn(service).map(({ stage }) => stage);
const signerOf = ({ access_token }: TokenPair) => headerOf(access_token).kid;

watchFilesOften();

describe('signing keys', () => {
  it.each(['ES256', 'RS256', 'PS256'])(
    'for %s are made at first start, one to sign and one to follow it, and published without their private halves',
    async (alg) => {
      const service = await TestApp.start({ settings: { JWT_ALGORITHM: alg } });
      const pair = await service.api.signUp(ada);
      const jwks = await jwksOf(service);
      expect(stagesIn(service)).toEqual(['current', 'next']);
      expect(jwks.keys).toHaveLength(2);
      expect(jwks.keys[0]).toMatchObject({ alg, use: 'sig', kid: signerOf(pair) });
      for (const key of jwks.keys)
        for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);

      await jwtVerify(pair.access_token, createLocalJWKSet(jwks), {
        issuer: 'http://localhost:3000',
        audience: 'gatehouse',
        typ: 'at+jwt',
        algorithms: [alg],
        currentDate: service.clock.now(),
      });
      await service.api.get('/protected', pair.access_token).expect(200);
      await service.api.renew(pair.refresh_token);
      await service.stop();
    },
  );

  it('are found by other services at their address', async () => {
    const service = await TestApp.start();
    const { access_token } = await service.api.signUp(ada);
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', service.url));
    const { payload } = await jwtVerify(access_token, keys, { currentDate: service.clock.now() });
    expect(payload['username']).toBe('ada');
    await service.stop();
  });

  it('lie in a file that its owner alone can read, and are the same after a restart', async () => {
    const before = await TestApp.start();
    const { access_token } = await before.api.signUp(ada);
    expect(statSync(join(before.folder, 'keys.json')).mode & 0o777).toBe(0o600);
    const jwks = await jwksOf(before);

    const after = await TestApp.start({ folder: await before.stopAndKeep() });
    expect(await jwksOf(after)).toEqual(jwks);
    await after.api.get('/protected', access_token).expect(200);
    await after.stop();
  });

  it('of another algorithm are published before they sign, and the former ones still verify what they signed', async () => {
    const before = await TestApp.start();
    const pair = await before.api.signUp(ada);
    const after = await TestApp.start({
      folder: await before.stopAndKeep(),
      settings: { JWT_ALGORITHM: 'PS256' },
    });
    const algorithms = async () => (await jwksOf(after)).keys.map(({ alg }) => alg);
    const signIn = async () => headerOf((await after.api.signIn(ada)).access_token).alg;
    expect(await algorithms()).toEqual(['ES256', 'PS256']);
    expect(after.log).toContain('ES256 goes on signing until 2026-03-01T12:06:00.000Z');

    after.clock.pass(KNOWN_AFTER - 1);
    await sleep(1500);
    expect(await signIn()).toBe('ES256');
    after.clock.pass(1);
    await until(async () => (await signIn()) === 'PS256');
    expect(await algorithms()).toEqual(['PS256', 'PS256', 'ES256']);
    await after.api.get('/protected', pair.access_token).expect(200);
    await after.api.renew(pair.refresh_token);
    await after.stop();
  });

  it('of another algorithm sign at once after a restart, where they were published for long enough', async () => {
    const before = await TestApp.start();
    await before.api.signUp(ada);
    const settings = { JWT_ALGORITHM: 'PS256' };
    const between = await TestApp.start({ folder: await before.stopAndKeep(), settings });
    const after = await TestApp.start({ folder: await between.stopAndKeep(), settings });
    after.clock.pass(KNOWN_AFTER);
    await until(async () => headerOf((await after.api.signIn(ada)).access_token).alg === 'PS256');
    await after.stop();
  });

  it('are not published under HS256, where a shared secret signs', async () => {
    const secret = 'a secret of thirty-two bytes, at least';
    const service = await TestApp.start({ settings: { JWT_ALGORITHM: 'HS256', JWT_SECRET: secret } });
    const pair = await service.api.signUp(ada);
    expect(headerOf(pair.access_token).alg).toBe('HS256');
    expect(await jwksOf(service)).toEqual({ keys: [] });
    await jwtVerify(pair.access_token, Buffer.from(secret), { currentDate: service.clock.now() });
    await service.api.renew(pair.refresh_token);
    const rotated = service.app.get(KeyRotationService).rotate({ force: false });
    await expect(rotated).rejects.toThrow('set another JWT_SECRET and restart');
    await service.stop();
  });
});

describe('rotating the signing keys', () => {
  let service: TestApp;
  let keys: KeyRotationService;
  let pair: TokenPair;

  /** Rotates as the command line does, and waits until the running service has noticed. */
  const rotate = async () => {
    await keys.rotate({ force: true });
    const signer = storedIn(service).find(({ stage }) => stage === 'current')?.kid;
    await until(() => service.log.includes(`Took up the signing keys: ${signer!} signs`));
    expect(signerOf(await service.api.signIn(ada))).toBe(signer);
  };

  beforeEach(async () => {
    service = await TestApp.start();
    keys = service.app.get(KeyRotationService);
    pair = await service.api.signUp(ada);
  });
  afterEach(() => service.stop());

  it('lets the key sign that was published before, and the former verify on, without a restart', async () => {
    const before = await jwksOf(service);
    await rotate();
    const after = await jwksOf(service);
    expect(stagesIn(service)).toEqual(['current', 'next', 'previous']);
    expect(after.keys.map(({ kid }) => kid)).toEqual([
      before.keys[1]?.kid,
      after.keys[1]?.kid,
      before.keys[0]?.kid,
    ]);

    await service.api.get('/protected', pair.access_token).expect(200);
    const next = await service.api.renew(pair.refresh_token);
    expect(signerOf(next)).toBe(before.keys[1]?.kid);
    // Who fetched the keys before the rotation verifies what is signed after it.
    await jwtVerify(next.access_token, createLocalJWKSet(before), { currentDate: service.clock.now() });
  });

  it('refuses no token on the way, old or new', async () => {
    let rotated = false;
    const use = async () => {
      let newest = await service.api.signIn(ada);
      while (!rotated) {
        await service.api.get('/protected', newest.access_token).expect(200);
        await service.api.get('/protected', pair.access_token).expect(200);
        newest = await service.api.renew(newest.refresh_token);
      }
      return newest;
    };
    const users = [use(), use(), use()];
    await rotate();
    rotated = true;
    for (const newest of await Promise.all(users))
      await service.api.get('/protected', newest.access_token).expect(200);
  });

  it('accepts what another instance has signed with the next key already', async () => {
    const { jwk, kid } = storedIn(service).find(({ stage }) => stage === 'next')!;
    const token = await new SignJWT(claimsOf(pair.access_token))
      .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
      .sign(await importJWK(jwk, 'ES256'));
    await service.api.get('/protected', token).expect(200);
  });

  it('waits until all who cache the key set know the next key, unless it is forced', async () => {
    await expect(keys.rotate({ force: false })).rejects.toThrow('2026-03-01T12:06:00.000Z');
    service.clock.pass(KNOWN_AFTER - 1);
    await expect(keys.rotate({ force: false })).rejects.toThrow('Wait until then, or use --force');
    expect(stagesIn(service)).toEqual(['current', 'next']);
    service.clock.pass(1);
    await keys.rotate({ force: false });
    expect(stagesIn(service)).toEqual(['current', 'next', 'previous']);
  });

  it('publishes a former key until its last token has expired', async () => {
    const former = signerOf(pair);
    await rotate();
    service.clock.pass(LAST_TOKEN_EXPIRED_AFTER - 1);
    expect(await kidsOf(service)).toContain(former);
    service.clock.pass(1);
    expect(await kidsOf(service)).not.toContain(former);
  });

  it('loses no key when two processes rotate at once', async () => {
    const known = storedIn(service).map(({ kid }) => kid);
    const folder = service.folder;
    const other = await TestApp.start({ folder });
    await Promise.all([
      keys.rotate({ force: true }),
      other.app.get(KeyRotationService).rotate({ force: true }),
    ]);
    expect(stagesIn(service)).toEqual(['current', 'next', 'previous', 'previous']);
    expect(storedIn(service).map(({ kid }) => kid)).toEqual(expect.arrayContaining(known));
    await other.stopAndKeep();
  });

  it('keeps the keys it has when the file is broken, and takes up the mended one', async () => {
    const file = join(service.folder, 'keys.json');
    const whole = readFileSync(file);
    writeFileSync(file, '{"keys": [');
    await until(() => service.log.includes('restore the file from a backup'));
    await service.api.get('/protected', pair.access_token).expect(200);
    await service.api.signIn(ada);
    writeFileSync(file, whole);
    await until(() => service.log.includes('Took up the signing keys'));
    await service.api.get('/protected', pair.access_token).expect(200);
  });

  it('is written into the audit trail', async () => {
    await keys.rotate({ force: true });
    const events = await service.query<{ type: string }>('SELECT type FROM audit_events ORDER BY seq');
    expect(events.map(({ type }) => type)).toContain('signing_key_rotated');
  });

  describe('and retiring one', () => {
    const expectGone = async (kid: string) => {
      await until(async () => !(await kidsOf(service)).includes(kid));
      expect(storedIn(service).map((key) => key.kid)).not.toContain(kid);
    };

    it('says until when a former key is needed, and keeps it before that', async () => {
      await rotate();
      const former = signerOf(pair)!;
      await expect(keys.retire(former, { force: false })).rejects.toThrow(
        `${former} is needed until 2026-03-31T12:01:00.000Z`,
      );
      await service.api.get('/protected', pair.access_token).expect(200);
      service.clock.pass(LAST_TOKEN_EXPIRED_AFTER);
      await keys.retire(former, { force: false });
      await expectGone(former);
    });

    it('refuses what a key signed that was retired by force, as after it was stolen', async () => {
      await rotate();
      await keys.retire(signerOf(pair)!, { force: true });
      await expectGone(signerOf(pair)!);
      expect(refusal(await service.api.get('/protected', pair.access_token))).toEqual(invalid);
      expect(refusal(await service.api.refresh(pair.refresh_token))).toEqual(invalid);
    });

    it('puts another in the place of a next key that nobody shall ever see sign', async () => {
      const [, next] = await kidsOf(service);
      await keys.retire(next!, { force: false });
      await expectGone(next!);
      expect(stagesIn(service)).toEqual(['current', 'next']);
    });

    it('does not touch the key that signs, nor one that there is not', async () => {
      await expect(keys.retire(signerOf(pair)!, { force: true })).rejects.toThrow('rotate the keys first');
      await expect(keys.retire('other', { force: true })).rejects.toThrow('There is no key other');
      expect(stagesIn(service)).toEqual(['current', 'next']);
    });
  });
});

describe('the key set', () => {
  it('may be cached by who fetches it, for less time than a key is published before it signs', async () => {
    const service = await TestApp.start();
    const { headers } = await service.api.get('/.well-known/jwks.json');
    expect(headers['cache-control']).toBe('public, max-age=300');
    await service.stop();
  });
});
