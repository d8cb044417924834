import {
  ServiceUnavailableException,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';

const CHALLENGE = 'Bearer realm="reports"';
/** For as long as Gatehouse allows; a key is published for longer before it signs. jose's own default is ten minutes. */
const KEEP_KEYS_MS = 300_000;
/** What jose says when the keys could not be fetched, which is no fault of the token. */
const FETCH_ERRORS = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'];

interface Request {
  headers: { authorization?: string };
  user?: JWTPayload;
}

interface Reply {
  header(name: string, value: string): unknown;
}

/**
 * Lets a request in by an access token of Gatehouse, whose claims become `request.user`. Works on Express and Fastify:
 * `{ provide: APP_GUARD, useValue: new AccessTokenGuard('http://localhost:3000', 'gatehouse') }`. It asks nobody, so a
 * token that was revoked is let in until it expires.
 */
export class AccessTokenGuard implements CanActivate {
  private readonly keys: JWTVerifyGetKey;

  constructor(
    private readonly issuer: string,
    private readonly audience: string,
  ) {
    const url = new URL('/.well-known/jwks.json', issuer);
    this.keys = createRemoteJWKSet(url, { cacheMaxAge: KEEP_KEYS_MS });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const reply = http.getResponse<Reply>();
    const [scheme, token] = request.headers.authorization?.split(' ') ?? [];
    if (scheme?.toLowerCase() !== 'bearer' || !token) throw refusal(reply, CHALLENGE);
    request.user = await this.verify(token).catch((error: unknown) => {
      if (!(error instanceof errors.JOSEError) || FETCH_ERRORS.includes(error.code))
        throw new ServiceUnavailableException('The token cannot be checked now', { cause: error });
      throw refusal(reply, `${CHALLENGE}, error="invalid_token"`);
    });
    return true;
  }

  private async verify(token: string): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, this.keys, {
      algorithms: ['ES256'],
      issuer: this.issuer,
      audience: this.audience,
      // Tells an access token from every other JWT of the issuer (RFC 9068 §4).
      typ: 'at+jwt',
      requiredClaims: ['sub', 'exp'],
    });
    return payload;
  }
}

function refusal(reply: Reply, challenge: string): UnauthorizedException {
  reply.header('WWW-Authenticate', challenge);
  return new UnauthorizedException();
}
