import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { refusal } from '../support/api-client.js';
import { ada } from '../support/people.js';
import { ServiceProcess } from '../support/service-process.js';
import { newFolder } from '../support/new-folder.js';
import { until } from '../support/until.js';

/** Hashes that take long enough for a signal to come while they are made. */
const slow = { PASSWORD_HASH_MEMORY_KIB: '65536', PASSWORD_HASH_PASSES: '8' };

describe('a service that is told to stop', () => {
  let folder: string;

  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('answers what it has accepted, and ends with exit code 0', async () => {
    const service = await ServiceProcess.start(folder, slow);
    const asked = Array.from({ length: 8 }, (_, n) =>
      service.api
        .register({ ...ada, username: `user-${String(n)}` })
        .expect(201)
        .then(),
    );
    const answered = Promise.all(asked);
    // One is answered, so the others are accepted, and wait for their turn.
    await Promise.race(asked);
    const stopped = service.stop();
    await answered;
    expect(await stopped).toBe(0);
    const again = await ServiceProcess.start(folder);
    await again.api.register({ ...ada, username: 'user-7' }).expect(409);
    await again.stop();
  });

  it('says at once that it is not ready, and goes on answering for as long as SHUTDOWN_DELAY says', async () => {
    const service = await ServiceProcess.start(folder, { SHUTDOWN_DELAY: '3' });
    const { access_token } = await service.api.signUp(ada);
    const stopped = service.stop();
    await until(async () => (await service.api.get('/health/ready')).status === 503);
    expect(refusal(await service.api.get('/health/ready'))).toEqual({ status: 503, error: 'overloaded' });
    await service.api.get('/protected', access_token).expect(200);
    await service.api.post('/logout', undefined, access_token).expect(204);
    expect(refusal(await service.api.get('/protected', access_token)).error).toBe('token_revoked');
    expect(await stopped).toBe(0);
  });

  it('is not kept by a client that sends nothing more, nor by one that keeps its connection', async () => {
    const service = await ServiceProcess.start(folder);
    const port = Number(new URL(service.url).port);
    const idle = connect(port, '127.0.0.1');
    const amidBody = connect(port, '127.0.0.1');
    for (const socket of [idle, amidBody]) socket.on('error', () => undefined);
    amidBody.write(
      'POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"user',
    );
    await sleep(100);
    expect(await service.stop()).toBe(0);
    idle.destroy();
    amidBody.destroy();
  });
});
