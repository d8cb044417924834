import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../errors/app-error.js';
import { bearerToken } from '../../http/bearer-token.js';
import { headerType } from '../../tokens/token-claims.js';
import { readTokenHeader } from '../../tokens/token-header.js';
import { AccessTokens } from '../access-tokens.service.js';
import { JwtRefreshGuard } from './jwt-refresh.guard.js';

/** Wants a token of a session: an access token as bearer, or the refresh token as bearer or in the body. */
@Injectable()
export class SessionTokenGuard implements CanActivate {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshGuard: JwtRefreshGuard,
  ) {}

  /** @throws AppError token_missing, token_invalid, token_expired, token_revoked or overloaded */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: unknown }>();
    const token = bearerToken(request);
    if (hasRefreshToken(request.body) || isRefreshToken(token))
      return (await this.refreshGuard.canActivate(context)) as boolean;
    if (token === null) throw new AppError('token_missing');
    request.user = await this.accessTokens.authenticate(token);
    return true;
  }
}

function hasRefreshToken(body: unknown): boolean {
  return (body as { refresh_token?: unknown } | null | undefined)?.refresh_token != null;
}

/** Which of the two it says it is; whether it is, the verifier decides. */
function isRefreshToken(token: string | null): boolean {
  return token !== null && readTokenHeader(token)?.typ === headerType.refresh;
}
