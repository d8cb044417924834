import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { AccessTokenAnswer, TokenPair } from '../tokens/token-pair.js';
import { SessionCookie } from './session-cookie.js';

/** Of a pair of tokens, puts the refresh token into the cookie, and answers with the access token alone. */
@Injectable()
export class SessionCookieInterceptor implements NestInterceptor<TokenPair, AccessTokenAnswer> {
  constructor(private readonly cookie: SessionCookie) {}

  intercept(context: ExecutionContext, next: CallHandler<TokenPair>): Observable<AccessTokenAnswer> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((pair) => {
        this.cookie.set(reply, pair);
        const { access_token, token_type, expires_in } = pair;
        return { access_token, token_type, expires_in };
      }),
    );
  }
}
