import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { Agent, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { Forger, storedSigner, type Signer } from './forger.js';
import { additionTo, collectionsIn, idBelow, type FuzzRequest, type OpenApi } from './fuzz-operation.js';
import { Mailbox, tokenIn } from './mailbox.js';
import { runCommand, ServiceProcess } from './service-process.js';
import { newFolder } from './new-folder.js';

const HANGS_AFTER_MS = 20_000;
const LIVE_USES = 40;
const REVOCATIONS_TOKEN = 'the-token-of-a-resource-server';

export interface FuzzAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A word in every password of the run, to look for where none may be. */
export const SECRET_WORD = 'zzopensesamezz';

/** The built service, with tokens in every state. Who is signed in is replaced by and by, as requests sign them out. */
export class FuzzTarget {
  readonly folder = newFolder();
  document!: OpenApi;
  private service!: ServiceProcess;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });
  private readonly fixed = new Map<string, string>();
  private live = new Map<string, string>();
  private admin = newPerson();
  private uses = 0;
  /** Whether anything was asked since that may have ended a session. */
  private changed = false;

  async start(): Promise<void> {
    this.service = await ServiceProcess.start(this.folder, { REVOCATIONS_TOKEN });
    this.fixed.set('<service token>', REVOCATIONS_TOKEN);
    this.document = (await this.service.api.get('/docs-json').expect(200)).body as OpenApi;
    await this.makeAdmin();
    await this.makeDeadTokens();
  }

  get log(): string {
    return this.service.output.join('');
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    await this.service.stop();
  }

  /** Shows that the service still does what it is for. */
  async expectToServe(): Promise<void> {
    const person = newPerson();
    const pair = await this.service.api.signUp(person);
    const next = await this.service.api.renew(pair.refresh_token);
    await this.service.api.get('/protected', next.access_token).expect(200);
    await this.service.api.post('/logout', undefined, next.access_token).expect(204);
  }

  /** Makes sure that there is somebody signed in, for the next requests. */
  async prepare(): Promise<void> {
    if (this.uses++ % LIVE_USES > 0 && (!this.changed || (await this.isLive()))) return;
    if (!(await this.isActive('<admin access>'))) await this.signInAdmin();
    this.changed = false;
    const person = withAddress(newPerson());
    const pair = await this.service.api.signUp(person);
    await this.service.api.post('/password/forgot', { email: person.email }).expect(202);
    const { access, refresh } = forgers(pair);
    const live = new Map([
      ['<username>', person.username],
      ['<password>', person.password],
      ['<live access>', pair.access_token],
      ['<live refresh>', pair.refresh_token],
      ['<users id>', String(access.claims['sub'])],
      ['<sessions id>', String(access.claims['sid'])],
      ['<altered access>', access.withSignature('x'.repeat(64))],
      ['<spent refresh>', refresh.token],
      ['<verification token>', await this.mailedTo(person.email, 'Confirm your email address')],
      ['<reset token>', await this.mailedTo(person.email, 'Set a new password')],
    ]);
    live.set('<live refresh>', (await this.service.api.renew(pair.refresh_token)).refresh_token);
    for (const path of collectionsIn(this.document))
      live.set(idBelow(path), await this.addTo(path, pair.access_token));
    this.live = live;
  }

  /** @throws Error where no answer comes */
  send({ method, path, headers, body }: FuzzRequest): Promise<FuzzAnswer> {
    this.changed ||= method !== 'GET';
    // Whoever has another name now is known by it no more.
    if (method === 'PATCH') this.uses = 0;
    const bytes = body && Buffer.from(this.fill(body.toString('latin1')), 'latin1');
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, this.fill(value)]),
    );
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(this.service.url);
      const sent = request(
        {
          hostname,
          port,
          path: this.fill(path),
          method,
          agent: this.agent,
          timeout: HANGS_AFTER_MS,
          headers: { ...filled, ...(bytes && { 'Content-Length': String(bytes.length) }) },
        },
        (answer) => {
          contentOf(answer).then((content) => {
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: content });
          }, reject);
        },
      );
      sent.on('timeout', () => sent.destroy(new Error('the service hangs')));
      sent.on('error', reject);
      sent.end(bytes);
    });
  }

  private async addTo(path: string, token: string): Promise<string> {
    const { body } = await this.service.api.post(path, additionTo(this.document, path), token).expect(201);
    return (body as { id: string }).id;
  }

  /** The token of the link in a mail. */
  private async mailedTo(email: string, subject: string): Promise<string> {
    return tokenIn(await new Mailbox(join(this.folder, 'data/outbox')).take(subject, email));
  }

  private async isLive(): Promise<boolean> {
    const tokens = ['<live access>', '<live refresh>', '<admin access>'];
    const active = await Promise.all(tokens.map((token) => this.isActive(token)));
    return !active.includes(false);
  }

  private async isActive(token: string): Promise<boolean> {
    const { body } = await this.send({
      method: 'POST',
      path: '/introspect',
      headers: {
        Authorization: 'Bearer <admin access>',
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: Buffer.from(`token=${token}`),
    });
    return (JSON.parse(body) as { active?: boolean }).active === true;
  }

  private async makeAdmin(): Promise<void> {
    this.admin = newPerson();
    const { username, password } = this.admin;
    await runCommand(this.folder, ['user', 'create', username, '--role', 'admin'], password);
  }

  /** The last one may be known by another name or password by now: by its own doing. */
  private async signInAdmin(): Promise<void> {
    if ((await this.service.api.login(this.admin)).status !== 200) await this.makeAdmin();
    const { access_token } = await this.service.api.signIn(this.admin);
    this.fixed.set('<admin access>', access_token);
  }

  private async makeDeadTokens(): Promise<void> {
    const pair = await this.service.api.signUp(newPerson());
    await this.service.api.post('/logout', undefined, pair.access_token).expect(204);
    const genuine = forgers(pair, storedSigner(join(this.folder, 'data'), 'current'));
    const stranger = { alg: 'ES256', key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey };
    for (const type of ['access', 'refresh'] as const) {
      const { [type]: forger } = genuine;
      this.fixed.set(`<revoked ${type}>`, forger.token);
      this.fixed.set(`<expired ${type}>`, forger.withClaims({ iat: 1, nbf: 1, auth_time: 1, exp: 1000 }));
      this.fixed.set(`<forged ${type}>`, forger.withClaims({}, stranger));
    }
  }

  private fill(template: string): string {
    return template.replace(/<new ([a-z]+)>|<[a-z-]+(?: [a-z]+)?>/g, (name, fresh?: string) => {
      if (fresh === 'username') return newPerson().username;
      if (fresh === 'password') return newPerson().password;
      return this.live.get(name) ?? this.fixed.get(name) ?? name;
    });
  }
}

/** Of a stream that does not end, what comes until its second event. */
async function contentOf(answer: IncomingMessage): Promise<string> {
  if (answer.headers['content-type'] !== 'text/event-stream') return text(answer);
  let content = '';
  for await (const piece of answer.setEncoding('utf8')) {
    content += String(piece);
    if (content.split('\n\n').length > 2) break;
  }
  return content;
}

function newPerson(): { username: string; password: string } {
  const id = randomUUID();
  return { username: `fuzz-${id}`, password: `${SECRET_WORD} ${id.slice(0, 8)}` };
}

function withAddress(person: { username: string; password: string }) {
  return { ...person, email: `${person.username}@example.org` };
}

/** Without a signer for what needs none: reading claims, and putting another signature in the place of one. */
function forgers(pair: TokenPair, signer: Signer = { alg: 'HS256', key: Buffer.alloc(32) }) {
  return { access: new Forger(pair.access_token, signer), refresh: new Forger(pair.refresh_token, signer) };
}
