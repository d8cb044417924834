import { Injectable } from '@nestjs/common';
import { normalizeIp } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { DeviceTokens, type Device } from '../../tokens/device-tokens.service.js';
import { TokenVerifier } from '../../tokens/token-verifier.js';
import { fold } from '../../users/fold.js';
import { UsersService } from '../../users/users.service.js';
import { bearerToken } from '../../http/bearer-token.js';
import { isText } from '../../http/request-fields.js';
import { presentedDeviceToken } from './device-token.js';

/** Whose budget an attempt is taken from. */
export interface Attempt {
  /** What only this one can use up: a known device of the account, or the session that gives its password again. */
  readonly own?: string;
  readonly address: string;
  /** The account that was typed: by its id, whatever it was called, or as it was typed where there is none. */
  readonly account: string;
  /** Whose account it is, if anybody's. */
  readonly userId?: string;
  /** When the password of that account was set, milliseconds since 1970. */
  readonly passwordChangedAt?: number;
  readonly device?: Device;
}

/** The addresses that one customer of a provider has (RFC 6177): one IPv4 address, or an IPv6 /64. */
const IPV6_PREFIX = 64;
const LONGEST_ACCOUNT = 254;

/** Tells who tries a password, so that a stranger never uses up what a known device has left. */
@Injectable()
export class LoginAttempts {
  private readonly known = new WeakMap<FastifyRequest, Promise<Attempt>>();

  constructor(
    private readonly verifier: TokenVerifier,
    private readonly devices: DeviceTokens,
    private readonly users: UsersService,
  ) {}

  /** The attempt that a request makes, looked at once. */
  of(request: FastifyRequest): Promise<Attempt> {
    const attempt = this.known.get(request) ?? this.identify(request);
    this.known.set(request, attempt);
    return attempt;
  }

  /** The user at whose account a request tries a password, if there is one. */
  async findUserId(request: FastifyRequest): Promise<string | null> {
    const { userId } = await this.of(request);
    return userId ?? null;
  }

  private async identify(request: FastifyRequest): Promise<Attempt> {
    const address = addressOf(request);
    const typed = typedUsername(request);
    if (typed === undefined)
      return { own: address, address, account: '', ...(await this.sessionOf(request)) };
    // The request is validated later, and a database refuses some texts.
    const user = isText(typed) ? await this.users.findByLogin(typed) : null;
    if (!user) return { address, account: `typed ${fold(typed.slice(0, LONGEST_ACCOUNT))}` };
    const passwordChangedAt = user.passwordChangedAt.getTime();
    const attempt = { address, account: user.id, userId: user.id, passwordChangedAt };
    const device = this.findDevice(request, user.id, passwordChangedAt);
    return device ? { ...attempt, own: `device ${device.deviceId}`, device } : attempt;
  }

  private findDevice(request: FastifyRequest, userId: string, passwordChangedAt: number): Device | undefined {
    const token = presentedDeviceToken(request);
    const device = token === undefined ? undefined : this.devices.find(token);
    return device?.userId === userId && device.passwordChangedAt === passwordChangedAt ? device : undefined;
  }

  private async sessionOf(request: FastifyRequest): Promise<Pick<Attempt, 'own' | 'userId'> | undefined> {
    const claims = await this.verifier.find(bearerToken(request) ?? '', 'access');
    return claims && { own: `session ${claims.sid}`, userId: claims.sub };
  }
}

/**
 * Whether a password is tried by a request: with a username, or by somebody who is signed in. A refresh tries none, whatever
 * else it sends.
 */
export function triesPassword({ body }: Pick<FastifyRequest, 'body'>): boolean {
  const { grant_type, username, password, current_password } = (body ?? {}) as Record<string, unknown>;
  if (grant_type === 'refresh_token') return false;
  return typeof username === 'string' || (password ?? current_password) !== undefined;
}

/** The address that a limit counts by. */
export function addressOf({ ip }: Pick<FastifyRequest, 'ip'>): string {
  return normalizeIp(ip, IPV6_PREFIX);
}

function typedUsername({ body }: FastifyRequest): string | undefined {
  const { username, email } = (body ?? {}) as { username?: unknown; email?: unknown };
  const typed = username ?? email;
  return typeof typed === 'string' ? typed : undefined;
}
