import { rmSync } from 'node:fs';
import { refusal } from '../support/api-client.js';
import { ada } from '../support/people.js';
import { runService, ServiceProcess } from '../support/service-process.js';
import { newFolder } from '../support/new-folder.js';

describe('the service as a process', () => {
  let folder: string;

  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('finds everything still true after kill -9 and restart', async () => {
    let service = await ServiceProcess.start(folder);
    const live = await service.api.signUp(ada);
    const loggedOut = await service.api.signIn(ada);
    const accessRevoked = await service.api.signIn(ada);
    const refreshRevoked = await service.api.signIn(ada);
    await service.api.post('/logout', undefined, loggedOut.access_token).expect(204);
    await service.api.delete('/access-revoke', accessRevoked.access_token).expect(200);
    await service.api.delete('/refresh-revoke', refreshRevoked.refresh_token).expect(200);
    await service.kill();

    service = await ServiceProcess.start(folder, { REFRESH_REUSE_LEEWAY: '0', REFRESH_RETRY_WINDOW: '0' });
    const revoked = { status: 401, error: 'token_revoked' };
    expect(refusal(await service.api.get('/protected', loggedOut.access_token))).toEqual(revoked);
    expect(refusal(await service.api.refresh(loggedOut.refresh_token))).toEqual(revoked);
    expect(refusal(await service.api.get('/protected', accessRevoked.access_token))).toEqual(revoked);
    expect(refusal(await service.api.refresh(refreshRevoked.refresh_token))).toEqual(revoked);
    expect(refusal(await service.api.register(ada))).toEqual({ status: 409, error: 'user_exists' });
    await service.api.signIn(ada);
    await service.api.get('/protected', live.access_token).expect(200);
    await service.api.renew(live.refresh_token);
    expect(refusal(await service.api.refresh(live.refresh_token))).toEqual({
      status: 401,
      error: 'refresh_token_reused',
    });
    await service.stop();
  });

  it('names every wrong setting at once, without its value, and exits with 1', async () => {
    const { code, stderr, stdout } = await runService(folder, {
      PORT: 'eighty',
      JWT_ALGORITHM: 'HS256',
      JWT_SECRET: 'hunter2',
      ACCESS_TOKEN_TTL: 'a while',
    });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    for (const name of ['PORT', 'JWT_SECRET', 'ACCESS_TOKEN_TTL'])
      expect(stderr).toContain(`  ${name} must be`);
    expect(stderr).not.toContain('hunter2');
    expect(stderr).not.toContain('eighty');
  });
});
