import { RegistrationService } from '../../src/auth/registration.service.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import type { Person } from './people.js';
import type { TestApp } from './test-app.js';
import { claimsOf } from './tokens.js';

/** Somebody who is signed in, by id and tokens. */
export interface SignedIn extends TokenPair {
  readonly id: string;
}

/** Makes an admin, as the command line does, and signs in. */
export async function signUpAdmin(service: TestApp, person: Person): Promise<SignedIn> {
  await service.app.get(RegistrationService).register(person, ['user', 'admin']);
  return withId(await service.api.signIn(person));
}

/** Registers and signs in. */
export async function signUp(service: TestApp, person: Person): Promise<SignedIn> {
  return withId(await service.api.signUp(person));
}

function withId(pair: TokenPair): SignedIn {
  return Object.assign(pair, { id: claimsOf(pair.access_token).sub! });
}
