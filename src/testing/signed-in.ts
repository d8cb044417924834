import type { INestApplication } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import supertest from 'supertest';
import type { Role } from '../access/role.js';
import { AuthService } from '../auth/auth.service.js';
import { RegistrationService } from '../auth/registration.service.js';
import { Gatehouse } from '../embedding/gatehouse.js';

/** Somebody whom a test has signed in. */
export interface SignedIn {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Asks the application with the access token: `signedIn.api.get('/orders').expect(200)`. */
  readonly api: ReturnType<typeof supertest.agent>;
}

/** Where the requests of a test come from, as the list of sessions shows it. */
const CLIENT = { ip: '127.0.0.1', userAgent: 'a test' };

/**
 * Makes an account that holds these roles beside `user`, and signs in. No limit of attempts counts it.
 * @param app the application that has the service in it, initialized
 */
export function signedInAs(app: INestApplication, ...roles: Role[]): Promise<SignedIn> {
  return signInAt(app.get(Gatehouse, { strict: false }), app, roles);
}

/** As {@link signedInAs}, at a service that may be elsewhere. */
export async function signInAt(
  gatehouse: Gatehouse,
  app: INestApplication,
  roles: readonly Role[],
): Promise<SignedIn> {
  const username = `test-${randomBytes(6).toString('hex')}`;
  const password = randomBytes(16).toString('base64url');
  const all = [...new Set<Role>(['user', ...roles])];
  const user = await gatehouse.part(RegistrationService).register({ username, password }, all);
  const pair = await gatehouse.part(AuthService).login(user, CLIENT);
  return {
    id: user.id,
    username,
    password,
    accessToken: pair.access_token,
    refreshToken: pair.refresh_token,
    api: agentWith(app, pair.access_token),
  };
}

/** A client of supertest that sends this token, whatever it is, with every request. */
export function agentWith(app: INestApplication, token: string): ReturnType<typeof supertest.agent> {
  const agent = supertest.agent(app.getHttpServer() as Parameters<typeof supertest.agent>[0]);
  return agent.set('Authorization', `Bearer ${token}`);
}
