import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { freePort } from '../support/free-port.js';
import { newFolder } from '../support/new-folder.js';
import { runCommand, runService } from '../support/service-process.js';

describe('the metrics', () => {
  describe('with other processes', () => {
    let folder: string;
    let occupied: Server;
    let METRICS_PORT: string;
    beforeEach(async () => {
      folder = newFolder();
      METRICS_PORT = String(await freePort());
      occupied = createServer().listen(Number(METRICS_PORT), '127.0.0.1');
      await once(occupied, 'listening');
    });
    afterEach(() => {
      occupied.close();
      rmSync(folder, { recursive: true });
    });

    it('let the service not start on a port that is taken, and say so in words', async () => {
      const { code, stderr } = await runService(folder, { PORT: String(await freePort()), METRICS_PORT });
      expect(code).toBe(1);
      expect(stderr).toContain('METRICS_PORT is taken');
      expect(stderr).not.toContain('    at ');
    });

    it('are none of the command line, which takes no port from the service', async () => {
      const { code, stderr } = await runCommand(folder, ['user', 'list'], '', { METRICS_PORT });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    });
  });
});
