import { Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { JwtRefreshStrategy } from '../strategies/jwt-refresh.strategy.js';
import { ownStrategy } from '../strategies/own-strategy.js';
import { requireAuthenticated } from './require-authenticated.js';

/** Wants a valid refresh token, in place of an access token. */
@Injectable()
export class JwtRefreshGuard extends AuthGuard() {
  constructor(strategy: JwtRefreshStrategy) {
    super(ownStrategy(strategy));
  }

  override handleRequest<T>(error: unknown, claims: T | false, failure: unknown): T {
    return requireAuthenticated(error, claims, failure);
  }
}
