import { Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { requireAuthenticated } from './require-authenticated.js';

/** Wants a valid refresh token, in place of an access token. */
@Injectable()
export class JwtRefreshGuard extends AuthGuard('jwt-refresh') {
  override handleRequest<T>(error: unknown, claims: T | false, failure: unknown): T {
    return requireAuthenticated(error, claims, failure);
  }
}
