import type { ExecutionContext } from '@nestjs/common';
import type { ThrottlerModuleOptions, ThrottlerOptions } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { routeMetadata } from '../../access/route-metadata.js';
import { Throttle } from '../../access/throttle.decorator.js';
import type { RateLimit } from '../../config/rate-limit.js';
import type { Settings } from '../../config/settings.js';
import { addressOf, triesPassword, type Attempt, type LoginAttempts } from './login-attempts.service.js';
import type { ThrottleCounters } from './throttle-counters.js';

/** From one address many people may sign in; against guessing over many accounts a wider limit still holds. */
const ACCOUNTS_AN_ADDRESS = 20;
/** How many mails an address gets at most in an hour, in times the limit: each is one that its owner did get. */
const MAILS_AN_HOUR = 2;
/** From how many addresses strangers may try one account to the limit, in an hour at least. */
const ADDRESSES_AN_ACCOUNT = 20;
const HOUR_SECONDS = 3600;

type Tracker = (attempt: Attempt) => string;
/** For each limit: a known device and a session have counters of their own, which nobody else can fill. */
const byAddress: Tracker = ({ own, address }) => own ?? address;
const byAccount: Tracker = ({ own, address, account }) => own ?? `${address} ${account}`;
const byStrangers: Tracker = ({ own, account }) => own ?? `strangers ${account}`;

/** Which limit a route has beside the default one. */
export const throttleOf = routeMetadata(Throttle);

/**
 * The limits in force: by address everywhere, and narrower ones where a password is tried. The library asks the shorter
 * windows first, and of equal ones in this order: what a narrow limit refuses uses up no wider one.
 */
export function throttlers(
  { throttleDefault, throttleLogin }: Settings,
  storage: ThrottleCounters,
  attempts: LoginAttempts,
): ThrottlerModuleOptions {
  const by = (whose: Tracker) => async (request: Record<string, unknown>) =>
    whose(await attempts.of(request as unknown as FastifyRequest));
  const login = { skipIf: (context: ExecutionContext) => !isLogin(context) };
  const mail = { skipIf: (context: ExecutionContext) => throttleOf(context) !== 'mail' };
  return {
    // Not the counters themselves: Nest would start and stop them once more, as a provider of the library's module.
    storage: { increment: (key, ttl, limit) => storage.increment(key, ttl, limit) },
    setHeaders: false,
    throttlers: [
      ...named('default', throttleDefault, {
        skipIf: (context) => throttleOf(context) === 'none',
        getTracker: (request, context) =>
          isLogin(context) || throttleOf(context) === 'caller'
            ? by(byAddress)(request)
            : addressOf(request as unknown as FastifyRequest),
      }),
      ...named('login', throttleLogin, { ...login, getTracker: by(byAccount) }),
      ...named('login-account', throttleLogin.map(inAnHour(ADDRESSES_AN_ACCOUNT)), {
        ...login,
        getTracker: by(byStrangers),
      }),
      ...named('mail', throttleLogin, { ...mail, getTracker: by(byAccount) }),
      ...named('mail-account', throttleLogin.map(inAnHour(MAILS_AN_HOUR)), {
        ...mail,
        getTracker: by(byStrangers),
      }),
      ...named('login-address', throttleLogin.map(widen), { ...login, getTracker: by(byAddress) }),
    ],
  };
}

/** Where the attempts of one request on one account are counted: the key of each counter, with its window in ms. */
export function accountCounters(
  { throttleLogin }: Settings,
  attempt: Attempt,
): { key: string; ttl: number }[] {
  return named('login', throttleLogin, {}).map(({ name, ttl }) => ({
    key: counterKey(name ?? '', byAccount(attempt)),
    ttl: Number(ttl),
  }));
}

/** A digest: what was typed for a username may be a password. */
export function counterKey(name: string, tracker: string): string {
  return createHash('sha256').update(`${name} ${tracker}`).digest('base64url');
}

/** The limits by address, the shorter windows first. */
export function defaultThrottlers({
  throttleDefault,
}: Settings): { name: string; limit: number; ttl: number }[] {
  return named('default', throttleDefault, {})
    .map(({ name = '', limit, ttl }) => ({ name, limit: Number(limit), ttl: Number(ttl) }))
    .sort((one, other) => one.ttl - other.ttl);
}

function widen({ limit, seconds }: RateLimit): RateLimit {
  return { limit: limit * ACCOUNTS_AN_ADDRESS, seconds };
}

function inAnHour(times: number) {
  return ({ limit, seconds }: RateLimit): RateLimit => ({
    limit: limit * times,
    seconds: Math.max(seconds, HOUR_SECONDS),
  });
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

/** Whether a request tries a password where that is limited. A token request without one does not: it is a refresh. */
export function isLogin(context: ExecutionContext): boolean {
  return throttleOf(context) === 'login' && triesPassword(context.switchToHttp().getRequest());
}
