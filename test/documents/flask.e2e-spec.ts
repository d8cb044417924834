import type { TokenPair } from '../../src/tokens/token-pair.js';
import { ada } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

describe('a client of the small Flask service', () => {
  it('walks through it, and through what its author left to the reader', async () => {
    let service = await TestApp.start({ settings: { ACCESS_TOKEN_TTL: '1m' } });
    const { api } = service;
    expect((await api.get('/public').expect(200)).body).toEqual({ message: expect.any(String) });
    await api.get('/auth').expect(401);

    await api.post('/register', ada).expect(201);
    await api.post('/register', ada).expect(409);
    await api.post('/register', { username: 'grace' }).expect(400);
    await api.raw().post('/register').type('text').send('username=grace').expect(415);

    const pair = (await api.post('/login', ada).expect(200)).body as TokenPair;
    expect(pair.expires_in).toBe(60);
    const answer = await api.get('/auth', pair.access_token).expect(200);
    expect(answer.body).toEqual({ message: 'JWT authentication successful.' });
    service.clock.pass(60);
    expect((await api.get('/auth', pair.access_token).expect(401)).body).toMatchObject({
      error: 'token_expired',
    });

    // Hashed passwords, refresh tokens, more claims, a database.
    const [row] = await service.query<{ password_hash: string }>('SELECT password_hash FROM users');
    expect(row?.password_hash).toMatch(/^\$argon2id\$/);
    const next = (await api.refresh(pair.refresh_token).expect(200)).body as TokenPair;
    expect(claimsOf(next.access_token)).toMatchObject({ username: 'ada', roles: ['user'] });

    service = await TestApp.start({
      folder: await service.stopAndKeep(),
      settings: { ACCESS_TOKEN_TTL: '1m' },
    });
    service.clock.pass(60);
    await service.api.login(ada).expect(200);
    await service.api.get('/auth', next.access_token).expect(200);
    await service.api.refresh(next.refresh_token).expect(200);
    await service.stop();
  });
});
