import { RegistrationService } from '../../src/auth/registration.service.js';
import type { JwtAlgorithm, TokenType } from '../../src/config/settings.js';
import { errorCatalogue } from '../../src/errors/error-catalogue.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { Forger, storedSigner, type Signer } from './forger.js';
import { newFolder } from './new-folder.js';
import { cookieWith } from './page-session.js';
import { ada, grace } from './people.js';
import { PlainClient, type PlainAnswer, type PlainRequest } from './plain-client.js';
import { writeRsaKeys } from './rsa-keys.js';
import { TestApp } from './test-app.js';

type Forge = (genuine: Forger) => string;

interface Place {
  readonly name: string;
  readonly request: PlainRequest;
  /** What is answered to a token that is none of ours. */
  readonly due: unknown;
}

const JWT_SECRET = 'a secret of thirty-two bytes, at least';

/** The settings for a signature algorithm. */
export function settingsFor(alg: string): Record<string, string> {
  return { JWT_ALGORITHM: alg, ...(alg === 'HS256' && { JWT_SECRET }) };
}

/** The whole answer of a route that wants a token, so that nothing else shows. */
const notOurs = {
  status: 401,
  body: { statusCode: 401, error: 'token_invalid', message: errorCatalogue.token_invalid.message },
  challenge: `Bearer realm="gatehouse", error="invalid_token", error_description="${errorCatalogue.token_invalid.message}"`,
};
const notGranted = { status: 400, body: expect.objectContaining({ error: 'invalid_grant' }) as unknown };
const nothingToRevoke = { status: 200, body: {} };
const loggedIn = { logged_in_as: ada.username };
const inactive = { status: 200, body: { active: false } };

/** A service with somebody signed in, and every place of it that takes a token. */
export class TokenPlaces {
  private readonly client: PlainClient;

  private constructor(
    readonly service: TestApp,
    readonly signer: Signer,
    readonly pair: TokenPair,
    private readonly asking: TokenPair,
  ) {
    this.client = new PlainClient(service.url);
  }

  static async start(alg: JwtAlgorithm = 'ES256'): Promise<TokenPlaces> {
    const folder = newFolder();
    if (alg === 'RS256' || alg === 'PS256') await writeRsaKeys(folder, alg);
    const service = await TestApp.start({ folder, settings: settingsFor(alg) });
    await service.app.get(RegistrationService).register(grace, ['user', 'introspect']);
    const signer =
      alg === 'HS256' ? { alg, key: Buffer.from(JWT_SECRET) } : storedSigner(service.folder, 'current');
    return new TokenPlaces(service, signer, await service.api.signUp(ada), await service.api.signIn(grace));
  }

  get access(): Forger {
    return new Forger(this.pair.access_token, this.signer);
  }

  get refresh(): Forger {
    return new Forger(this.pair.refresh_token, this.signer);
  }

  stop(): Promise<void> {
    this.client.close();
    return this.service.stop();
  }

  /** Presents what is made of either token in every place for its type, where it must be refused as none of ours. */
  async expectRefused(forge: Forge, types: readonly TokenType[] = ['access', 'refresh']): Promise<void> {
    for (const type of types) {
      for (const { name, request, due } of this.placesFor(type, forge(this[type])))
        expect({ [name]: shownOf(await this.client.send(request)) }).toEqual({ [name]: due });
    }
  }

  /** Presents what is made of either token where that does not spend it: it must be as good as the genuine one. */
  async expectAccepted(forge: Forge, types: readonly TokenType[] = ['access', 'refresh']): Promise<void> {
    for (const type of types) {
      const token = forge(this[type]);
      if (type === 'access')
        expect((await this.client.send({ path: '/protected', bearer: token })).body).toEqual(loggedIn);
      const { body } = await this.client.send(this.introspection(token, type));
      expect(body).toMatchObject({ active: true, username: ada.username });
    }
  }

  /** After all that was presented the session is live and its refresh token unspent, also where it is signed anew. */
  async expectUnharmed(): Promise<void> {
    await this.expectAccepted(({ token }) => token);
    await this.service.api.renew(this.refresh.withClaims({}));
    await this.expectAccepted(({ token }) => token, ['access']);
    expect(this.service.log).not.toContain('internal_error');
  }

  private placesFor(type: TokenType, token: string): Place[] {
    const access: Place[] = [
      { name: 'GET /protected', request: { path: '/protected', bearer: token }, due: notOurs },
    ];
    const refresh: Place[] = [
      { name: 'POST /refresh', request: { method: 'POST', path: '/refresh', bearer: token }, due: notOurs },
      {
        name: 'POST /account/session/refresh',
        request: { method: 'POST', path: '/account/session/refresh', cookie: cookieWith(token) },
        due: notOurs,
      },
      {
        name: 'DELETE /refresh-revoke',
        request: { method: 'DELETE', path: '/refresh-revoke', bearer: token },
        due: notOurs,
      },
    ];
    const form = { grant_type: 'refresh_token', refresh_token: token };
    const refreshInBody: Place[] = [
      {
        name: 'POST /refresh, in JSON',
        request: { method: 'POST', path: '/refresh', json: { refresh_token: token } },
        due: notOurs,
      },
      { name: 'POST /token', request: { method: 'POST', path: '/token', form }, due: notGranted },
    ];
    return [
      ...(isSendable(token) ? { access, refresh }[type] : []),
      ...(type === 'refresh' ? refreshInBody : []),
      { name: 'POST /introspect', request: this.introspection(token, type), due: inactive },
      {
        name: 'POST /revoke',
        request: { method: 'POST', path: '/revoke', form: { token } },
        due: nothingToRevoke,
      },
    ];
  }

  private introspection(token: string, type: TokenType): PlainRequest {
    const form = { token, token_type_hint: `${type}_token` };
    return { method: 'POST', path: '/introspect', form, bearer: this.asking.access_token };
  }
}

/** Whether a header field can carry the text as it is (RFC 9110 §5.5). */
function isSendable(token: string): boolean {
  return /^[\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/.test(token);
}

function shownOf({ status, body, headers }: PlainAnswer): unknown {
  return { status, body, challenge: headers['www-authenticate'] };
}
