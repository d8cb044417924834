import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { breachDigest } from '../../src/users/breached-passwords/password-digest.js';
import { refusal } from '../support/api-client.js';
import { ada } from '../support/people.js';
import { newFolder } from '../support/new-folder.js';
import { TestApp } from '../support/test-app.js';

const breached = 'a phrase that was stolen';
const refused = { status: 400, error: 'validation_failed' };

describe('a new password', () => {
  let service: TestApp;
  const start = async (list: string, folder?: string) => {
    service = await TestApp.start({ settings: { BREACHED_PASSWORDS: list }, ...(folder && { folder }) });
  };
  const choose = (password: string) => service.api.register({ ...ada, password });
  afterEach(() => service.stop());

  it.each([
    ['the email address', 'xx Grace.Hopper@Example.org xx'],
    ['what stands before its @', 'I, grace.HOPPER, of the navy'],
    ['the username', 'the cobol lady herself'],
  ])('is refused with %s in it', async (_, password) => {
    service = await TestApp.start();
    const person = { username: 'cobol', email: 'grace.hopper@example.org' };
    const answer = await service.api.register({ ...person, password });
    expect(refusal(answer)).toEqual(refused);
    expect(answer.body).toMatchObject({
      details: [{ field: 'password', message: 'must not contain the username or the email address' }],
    });
    await service.api.register({ ...person, password: 'a ship in harbour is safe' }).expect(201);
  });

  describe('where a local breach list is set', () => {
    beforeEach(async () => {
      const folder = newFolder();
      const lines = [breached, 'another one'].map((password) => `${breachDigest(password)}:7`);
      writeFileSync(join(folder, 'list.txt'), lines.sort().join('\n'));
      await start(`file:${join(folder, 'list.txt')}`, folder);
    });

    it('is refused when it is on it, at registration and when it is changed', async () => {
      const answer = await choose(breached);
      expect(refusal(answer)).toEqual(refused);
      expect(answer.body).toMatchObject({
        details: [
          { field: 'password', message: 'is known from a data breach, and tried first: choose another' },
        ],
      });
      const { access_token } = await service.api.signUp(ada);
      const change = { current_password: ada.password, new_password: breached };
      const refusedChange = await service.api.post('/users/me/password', change, access_token);
      expect(refusedChange.body).toMatchObject({ details: [{ field: 'new_password' }] });
      await service.api.signIn(ada);
    });
  });

  describe('where a range API is set', () => {
    let api: Server;
    let asked: string[];
    let status: number;

    beforeEach(async () => {
      asked = [];
      status = 200;
      api = createServer(({ url }, answer) => {
        asked.push(url ?? '');
        const suffix = (password: string) => breachDigest(password).slice(5);
        answer.writeHead(status).end(`${suffix(breached)}:12\r\n${suffix(ada.password)}:0\r\n`);
      }).listen(0, '127.0.0.1');
      await once(api, 'listening');
      await start(`http://127.0.0.1:${String((api.address() as AddressInfo).port)}/range`);
    });
    afterEach(() => api.close());

    it('is refused when it is on its list, which is told five digits of the digest and no more', async () => {
      expect(refusal(await choose(breached))).toEqual(refused);
      expect(asked).toEqual([`/range/${breachDigest(breached).slice(0, 5)}`]);
      await choose('a phrase of my own').expect(201);
    });

    it('is not taken for a breached one by the padding of an answer', async () => {
      await choose(ada.password).expect(201);
    });

    it.each([
      ['fails', () => (status = 500)],
      ['is away', () => api.close()],
    ])('is taken with a warning while the API %s', async (_, harm) => {
      harm();
      await choose(breached).expect(201);
      const warnings = service.logLines.filter(({ level }) => level === 40);
      expect(JSON.stringify(warnings)).toContain('the breach list cannot be asked');
      expect(service.log).not.toContain(breached);
      expect(service.log).not.toContain(breachDigest(breached));
    });
  });
});
