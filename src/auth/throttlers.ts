import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { ThrottlerModuleOptions, ThrottlerOptions } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { decodeJwt } from 'jose';
import { Throttle } from '../access/throttle.decorator.js';
import type { RateLimit } from '../config/rate-limit.js';
import type { Settings } from '../config/settings.js';
import { bearerToken } from './bearer-token.js';
import { fold } from '../users/fold.js';

// From one address many people may sign in; against guessing over many accounts a wider limit still holds.
const ACCOUNTS_AN_ADDRESS = 20;
const LONGEST_ACCOUNT = 254;

const reflector = new Reflector();

/** The limits in force: by address everywhere, and by address and account where somebody signs in. */
export function throttlers({ throttleDefault, throttleLogin }: Settings): ThrottlerModuleOptions {
  const wider = throttleLogin.map(({ limit, seconds }) => ({ limit: limit * ACCOUNTS_AN_ADDRESS, seconds }));
  return {
    setHeaders: false,
    throttlers: [
      ...named('default', throttleDefault, { skipIf: (context) => throttleOf(context) === 'none' }),
      ...named('login-address', wider, { skipIf: isNoLogin }),
      ...named('login', throttleLogin, { skipIf: isNoLogin, getTracker: addressAndAccount }),
    ],
  };
}

function named(
  name: string,
  limits: readonly RateLimit[],
  options: Partial<ThrottlerOptions>,
): ThrottlerOptions[] {
  return limits.map(({ limit, seconds }) => ({
    name: `${name}-${String(seconds)}`,
    limit,
    ttl: seconds * 1000,
    // No penalty on top of the limit: a caller may go on once the oldest request is out of the window.
    blockDuration: 0,
    ...options,
  }));
}

function throttleOf(context: ExecutionContext): 'login' | 'none' | undefined {
  return reflector.getAllAndOverride(Throttle, [context.getHandler(), context.getClass()]);
}

/** Also a token request without a username, which is a refresh. */
function isNoLogin(context: ExecutionContext): boolean {
  return (
    throttleOf(context) !== 'login' ||
    accountOf(context.switchToHttp().getRequest<FastifyRequest>()) === undefined
  );
}

function addressAndAccount(request: Record<string, unknown>): string {
  const { ip } = request as unknown as FastifyRequest;
  return `${ip} ${accountOf(request as unknown as FastifyRequest) ?? ''}`;
}

/** Whose password is tried: the username's in the body, or, with a password alone, the caller's. */
function accountOf(request: Pick<FastifyRequest, 'body' | 'headers' | 'raw'>): string | undefined {
  const { username, password, current_password } = (request.body ?? {}) as Record<string, unknown>;
  if (typeof username === 'string') return fold(username.slice(0, LONGEST_ACCOUNT));
  return (password ?? current_password) === undefined ? undefined : claimedSubject(request);
}

/** Unverified: with a token that is not ours no password is tried. */
function claimedSubject(request: Pick<FastifyRequest, 'headers' | 'raw'>): string | undefined {
  try {
    return decodeJwt(bearerToken(request) ?? '').sub?.slice(0, LONGEST_ACCOUNT);
  } catch {
    return undefined;
  }
}
