import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'supertest';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { LoadClient } from '../support/load-client.js';
import { refusal } from '../support/api-client.js';
import { ada } from '../support/people.js';
import { rounds } from '../support/rounds.js';
import { crashBeforeAnswering, ServiceProcess } from '../support/service-process.js';
import { newFolder } from '../support/new-folder.js';
import { until } from '../support/until.js';
import { claimsOf } from '../support/tokens.js';

const revoked = { status: 401, error: 'token_revoked' };

describe('a service that is killed after the commit and before the answer', () => {
  let folder: string;
  let pair: TokenPair;

  /** Runs a service that crashes before it answers at this path, and asks there once. */
  const crashAt = async (path: string, ask: (service: ServiceProcess) => Test): Promise<void> => {
    const service = await ServiceProcess.start(folder, crashBeforeAnswering(path));
    await expect(ask(service)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await service.untilCrashed();
  };
  const withService = async <T>(use: (service: ServiceProcess) => Promise<T>): Promise<T> => {
    const service = await ServiceProcess.start(folder);
    try {
      return await use(service);
    } finally {
      await service.stop();
    }
  };

  beforeEach(async () => {
    folder = newFolder();
    pair = await withService(({ api }) => api.signUp(ada));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('lets a client whose refresh was lost go on by sending it again, and again after a second crash', async () => {
    for (let crash = 0; crash < 2; crash++)
      await crashAt('/refresh', ({ api }) => api.refresh(pair.refresh_token));
    await withService(async ({ api }) => {
      const next = await api.renew(pair.refresh_token);
      const same = await api.renew(pair.refresh_token);
      expect(claimsOf(same.refresh_token).jti).toBe(claimsOf(next.refresh_token).jti);
      await api.get('/protected', next.access_token).expect(200);
      const last = await api.renew(next.refresh_token);
      // Spent in the run that crashed: had the commit not been made, this would be the parent of the live token.
      expect(refusal(await api.refresh(pair.refresh_token))).toEqual({
        status: 401,
        error: 'refresh_token_reused',
      });
      await api.get('/protected', last.access_token).expect(401);
    });
  });

  it.each<
    [string, (service: ServiceProcess, pair: TokenPair) => Test, { access: boolean; refresh: boolean }]
  >([
    [
      '/logout',
      ({ api }, { access_token }) => api.post('/logout', undefined, access_token),
      { access: false, refresh: false },
    ],
    [
      '/access-revoke',
      ({ api }, { access_token }) => api.delete('/access-revoke', access_token),
      { access: false, refresh: true },
    ],
    [
      '/refresh-revoke',
      ({ api }, { refresh_token }) => api.delete('/refresh-revoke', refresh_token),
      { access: true, refresh: false },
    ],
    [
      '/revoke',
      ({ api }, { refresh_token }) => api.postForm('/revoke', { token: refresh_token }),
      { access: false, refresh: false },
    ],
  ])('keeps what %s has cut, though nobody was told', async (path, cut, lives) => {
    await crashAt(path, (service) => cut(service, pair));
    await withService(async ({ api }) => {
      const access = refusal(await api.get('/protected', pair.access_token));
      expect(access).toEqual(lives.access ? { status: 200, error: undefined } : revoked);
      const refresh = refusal(await api.refresh(pair.refresh_token));
      expect(refresh).toEqual(lives.refresh ? { status: 200, error: undefined } : revoked);
    });
  });
});

describe('a service that is killed again and again at random moments, under load', () => {
  const KILLS = rounds(1);
  const CLIENTS = 6;

  it('holds every revocation that it answered, and logs nobody out', async () => {
    const folder = newFolder();
    let service = await ServiceProcess.start(folder);
    const clients = Array.from({ length: CLIENTS }, (_, n) => new LoadClient(`client-${String(n)}`));
    const total = (of: (counts: LoadClient['counts']) => number) =>
      clients.reduce((sum, { counts }) => sum + of(counts), 0);
    await Promise.all(clients.map((client) => client.signUp(service.api)));

    for (let kill = 0; kill < KILLS; kill++) {
      const { api } = service;
      const load = Promise.all(clients.map((client) => client.workUntilLost(api)));
      // After some work, not some time: however slow the machine, much is under way.
      const enough = total(({ steps }) => steps) + 10 + Math.random() * 50;
      await until(() => total(({ steps }) => steps) >= enough);
      await sleep(Math.random() * 10);
      await service.kill();
      await load;
      service = await ServiceProcess.start(folder);
      await Promise.all(clients.map((client) => client.expectRevocationsToHold(service.api)));
    }

    await Promise.all(clients.map((client) => client.expectRevocationsToHold(service.api, 'all')));
    await Promise.all(clients.map((client) => client.goOn(service.api)));
    expect(total(({ lost }) => lost)).toBeGreaterThan(KILLS);
    expect(total(({ refreshed }) => refreshed)).toBeGreaterThan(KILLS);
    expect(total(({ revoked }) => revoked)).toBeGreaterThan(KILLS);
    await Promise.all(clients.map((client) => client.expectRegistrationsToHold(service.api)));
    expect(await service.stop()).toBe(0);
    rmSync(folder, { recursive: true });
  }, 300_000);
});
