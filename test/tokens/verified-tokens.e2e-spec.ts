import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredKey } from '../../src/tokens/key-ring.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { VerifiedTokens } from '../../src/tokens/verified-tokens.js';
import type { AccessClaims } from '../../src/tokens/token-claims.js';
import { refusal } from '../support/api-client.js';
import { encode } from '../support/forger.js';
import { ada, type Person } from '../support/people.js';
import { rawRequest, sendRaw } from '../support/raw-http.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';
import { watchFilesOften } from '../support/watch-files-often.js';

const ACCESS_TTL = 15 * 60;

describe('an access token that was accepted before', () => {
  watchFilesOften();

  let service: TestApp;
  let person: Person;
  let pair: TokenPair;
  let count = 0;
  const ask = () => service.api.get('/protected', pair.access_token);
  const isRemembered = () => service.app.get(VerifiedTokens).accept(pair.access_token) !== undefined;

  beforeAll(async () => {
    service = await TestApp.start();
  });
  beforeEach(async () => {
    person = { ...ada, username: `ada-${String(++count)}` };
    pair = await service.api.signUp(person);
    for (let time = 0; time < 3; time++) await ask().expect(200, { logged_in_as: person.username });
    expect(isRemembered()).toBe(true);
  });
  afterAll(() => service.stop());

  it('is refused once its session has ended', async () => {
    await service.api.post('/logout', undefined, pair.access_token).expect(204);
    expect((await ask()).body).toMatchObject({ error: 'token_revoked', reason: 'logout' });
  });

  it('is refused once it was revoked by itself', async () => {
    await service.api.delete('/access-revoke', pair.access_token).expect(200);
    expect((await ask()).body).toMatchObject({ error: 'token_revoked', reason: 'revoked' });
  });

  it('is refused from the second on in which it expires', async () => {
    service.clock.pass(ACCESS_TTL - 1);
    await ask().expect(200);
    service.clock.pass(1);
    expect(refusal(await ask())).toMatchObject({ error: 'token_expired' });
  });

  it('is refused while the clock says that it is not valid yet', async () => {
    service.clock.pass(-6);
    expect(refusal(await ask())).toMatchObject({ error: 'token_invalid' });
    service.clock.pass(6);
    await ask().expect(200);
  });

  it('is refused once its key is none of ours any more', async () => {
    const file = join(service.folder, 'keys.json');
    const text = readFileSync(file, 'utf8');
    const stored = JSON.parse(text) as { keys: StoredKey[] };
    const [, next] = stored.keys;
    writeFileSync(file, JSON.stringify({ ...stored, keys: [{ ...next, stage: 'current' }] }));
    await until(async () => (await ask()).status === 401);
    expect(refusal(await ask())).toMatchObject({ error: 'token_invalid' });
    writeFileSync(file, text);
    await until(async () => (await ask()).status === 200);
  });

  it('is asked for its roles and for how fresh it is at every route, as one that comes for the first time', async () => {
    expect(refusal(await service.api.get('/users', pair.access_token))).toMatchObject({ error: 'forbidden' });
    service.clock.pass(5 * 60 + 1);
    await ask().expect(200);
    const change = await service.api.patch('/users/me', { username: 'lovelace' }, pair.access_token);
    expect(refusal(change)).toMatchObject({ error: 'fresh_token_required' });
  });

  it('opens nothing for one that differs in a letter, wherever that is', async () => {
    const { access_token: token } = pair;
    for (let place = 0; place < token.length; place += 7) {
      const other = token[place] === 'A' ? 'B' : 'A';
      const altered = token.slice(0, place) + other + token.slice(place + 1);
      await service.api.get('/protected', altered).expect(401);
    }
  });

  it('is refused where another Authorization header stands beside it', async () => {
    const bearer = `Authorization: Bearer ${pair.access_token}`;
    const answer = await sendRaw(service.url, rawRequest('GET /protected', [bearer, bearer]));
    expect(answer?.status).toBe(401);
  });

  it('goes on after a restart only if its session does', async () => {
    const { clock } = service;
    const restart = async () => {
      service = await TestApp.start({ folder: await service.stopAndKeep() });
      service.clock.pass((clock.now().getTime() - service.clock.now().getTime()) / 1000);
    };
    await restart();
    await ask().expect(200);
    await service.api.post('/logout', undefined, pair.access_token).expect(204);
    await restart();
    expect(refusal(await ask())).toMatchObject({ error: 'token_revoked' });
  });

  it('is forgotten when too many others came after it, and accepted all the same', async () => {
    const verified = service.app.get(VerifiedTokens);
    const [header = '', , signature = ''] = pair.access_token.split('.');
    const claims = claimsOf(pair.access_token) as unknown as AccessClaims;
    for (let n = 0; n < 10_000; n++) verified.remember(`${header}.${encode({ n })}.${signature}`, claims);
    expect(isRemembered()).toBe(false);
    await ask().expect(200);
  });
});
