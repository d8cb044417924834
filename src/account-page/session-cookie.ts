import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../config/settings.js';
import { privateCookie } from '../http/private-cookie.js';
import type { TokenPair } from '../tokens/token-pair.js';

const SESSION_COOKIE = 'gatehouse_session';

/** Keeps the refresh token where no script of the page can read it, and sends it to the session routes alone. */
@Injectable()
export class SessionCookie {
  private readonly path: string;

  constructor(private readonly settings: Settings) {
    const { apiPrefix } = settings;
    this.path = `${apiPrefix === '' ? '' : `/${apiPrefix}`}/account/session`;
  }

  /** @returns the refresh token, undefined without the cookie */
  read({ cookies }: FastifyRequest): string | undefined {
    return cookies[SESSION_COOKIE];
  }

  set(reply: FastifyReply, { refresh_token, refresh_expires_in }: TokenPair): void {
    void reply.setCookie(SESSION_COOKIE, refresh_token, this.kept(refresh_expires_in));
  }

  clear(reply: FastifyReply): void {
    void reply.setCookie(SESSION_COOKIE, '', this.kept(0));
  }

  private kept(maxAge: number): ReturnType<typeof privateCookie> {
    return privateCookie({ issuer: this.settings.issuer, path: this.path, maxAge });
  }
}
