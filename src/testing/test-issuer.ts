import { Logger, type INestApplication } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '../access/role.js';
import { Gatehouse } from '../embedding/gatehouse.js';
import { RevocationService } from '../tokens/revocation.service.js';
import { signInAt, type SignedIn } from './signed-in.js';

const AUDIENCE = 'gatehouse';

/** What a resource server is told of its issuer. */
interface Trust {
  readonly issuer: string;
  readonly audience: string;
  readonly revocationsToken: string;
}

/**
 * A real issuer, for the tests of a service that only verifies: on a free port of the loopback, with keys and people of
 * its own that go with it.
 */
export class TestIssuer {
  private constructor(
    private readonly server: Server,
    private readonly gatehouse: Gatehouse,
    private readonly folder: string,
    /** For `ResourceServerModule.forRoot`. */
    readonly options: Trust,
  ) {}

  /**
   * Nest logs warnings and errors only, in the whole process, as it does in a testing module.
   * @param settings by their names in the environment
   */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<TestIssuer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-'));
    const revocationsToken = randomBytes(24).toString('base64url');
    Logger.overrideLogger(['warn', 'error', 'fatal']);
    const gatehouse = await Gatehouse.start({
      path: '',
      settings: {
        DATABASE_URL: 'sqlite::memory:',
        JWT_KEYS_FILE: join(folder, 'keys.json'),
        MAIL_OUTBOX: join(folder, 'outbox'),
        JWT_ISSUER: issuer,
        JWT_AUDIENCE: AUDIENCE,
        REVOCATIONS_TOKEN: revocationsToken,
        LOG_LEVEL: 'silent',
        ...settings,
      },
    });
    server.on('request', (request, response) => {
      gatehouse.answer(request, response);
    });
    return new TestIssuer(server, gatehouse, folder, { issuer, audience: AUDIENCE, revocationsToken });
  }

  /**
   * Makes an account that holds these roles beside `user`, and signs in.
   * @param app the service that only verifies, initialized: whom `api` of the answer asks
   */
  signedInAs(app: INestApplication, ...roles: Role[]): Promise<SignedIn> {
    return signInAt(this.gatehouse, app, roles);
  }

  /** Ends all sessions of somebody: who follows the feed refuses their tokens a moment later. */
  async signOut({ id }: Pick<SignedIn, 'id'>): Promise<void> {
    await this.gatehouse.part(RevocationService).endSessions({ userId: id }, 'logout');
  }

  /** A part of the issuer, as of {@link Gatehouse}. */
  readonly part: Gatehouse['part'] = (type) => this.gatehouse.part(type);

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.gatehouse.stop();
    await rm(this.folder, { recursive: true });
  }
}
