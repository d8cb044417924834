import { rmSync } from 'node:fs';
import { finish, startProcess } from '../support/child-process.js';
import { readDocument } from '../support/documents.js';
import { freePort } from '../support/free-port.js';
import { ada } from '../support/people.js';
import { ServiceProcess } from '../support/service-process.js';
import { newFolder } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

const readme = readDocument('README.md');

describe('the README', () => {
  it('has lines for jose that print the claims of a token', async () => {
    const folder = newFolder();
    const PORT = String(await freePort());
    const service = await ServiceProcess.start(folder, { PORT, JWT_ISSUER: `http://127.0.0.1:${PORT}` });
    const { access_token } = await service.api.signUp(ada);

    const [, lines = ''] = /```js\n([^`]*createRemoteJWKSet[^`]*)```/.exec(readme) ?? [];
    const script = lines.replaceAll('http://localhost:3000', service.url);
    const node = startProcess(process.execPath, ['--input-type=module', '--eval', script], '.', {
      ACCESS: access_token,
    });
    const { stdout, stderr } = await finish(node);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(claimsOf(access_token));
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  it('has the commands of the examples as their own page has them, which are tested', () => {
    const commands = readme.split('\n').filter((line) => line.includes('/usr/bin/python3'));
    expect(commands).toHaveLength(4);
    expect(readDocument('examples/README.md').split('\n')).toEqual(expect.arrayContaining(commands));
  });
});
