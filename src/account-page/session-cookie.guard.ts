import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';
import type { RefreshClaims } from '../tokens/token-claims.js';
import { TokenVerifier } from '../tokens/token-verifier.js';
import { SessionCookie } from './session-cookie.js';

/** Wants a valid refresh token in the cookie. Whether it was used before is the rotation's to say. */
@Injectable()
export class SessionCookieGuard implements CanActivate {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly cookie: SessionCookie,
  ) {}

  /** @throws AppError token_missing, token_invalid, token_expired, token_revoked or overloaded */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: RefreshClaims }>();
    const token = this.cookie.read(request);
    if (token === undefined) throw new AppError('token_missing', { message: 'Nobody is signed in here' });
    request.user = await this.verifier.verify(token, 'refresh');
    return true;
  }
}
