import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { randomUUID } from 'node:crypto';
import { Settings } from '../config/settings.js';
import { Clock, numericDate } from '../time/clock.js';
import { invalidToken } from './invalid-token.js';
import { SigningKeys } from './signing-keys.js';
import { requirePayload, requireSigner, signatureRules, signToken } from './token-signature.js';
import { unlessRefused } from './unless-refused.js';

/** A device that its user has signed in from. */
export interface Device {
  readonly userId: string;
  readonly deviceId: string;
  /** When the password was set that it was known by: another one makes it unknown. Milliseconds since 1970. */
  readonly passwordChangedAt: number;
}

const TYPE = 'device+jwt';

/**
 * Device cookies as OWASP describes them: signed, they show that a user has signed in from a device before. They let
 * nobody in: they only keep the attempts of that device apart from those of strangers.
 */
@Injectable()
export class DeviceTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: SigningKeys,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** How long a device stays known, in seconds: as long as the keys of tokens are kept. */
  get ttl(): number {
    return this.settings.refreshTokenTtl;
  }

  /** Another device of the user. */
  newDevice(userId: string, passwordChangedAt: number): Device {
    return { userId, deviceId: randomUUID(), passwordChangedAt };
  }

  /** Signs what the device shows from now on. */
  sign({ userId, deviceId, passwordChangedAt }: Device): string {
    const { issuer } = this.settings;
    const now = numericDate(this.clock.now());
    const claims = { iss: issuer, aud: issuer, sub: userId, jti: deviceId, iat: now, exp: now + this.ttl };
    const type = 'device';
    return signToken(this.jwt, this.keys.current, TYPE, { ...claims, type, pwd: passwordChangedAt });
  }

  /** The device that shows this. @returns undefined for what was not signed here, and for what has expired. */
  find(token: string): Device | undefined {
    const payload = unlessRefused(() => this.requireGenuine(token));
    if (payload?.['type'] !== 'device' || Number(payload['exp']) <= numericDate(this.clock.now()))
      return undefined;
    return {
      userId: String(payload['sub']),
      deviceId: String(payload['jti']),
      passwordChangedAt: Number(payload['pwd']),
    };
  }

  private requireGenuine(token: string): Record<string, unknown> {
    const { key, typ } = requireSigner(token, (kid) => this.keys.find(kid));
    if (typ !== TYPE) throw invalidToken(`not a token of type ${TYPE}`);
    const { issuer } = this.settings;
    const rules = { ...signatureRules, issuer, audience: issuer };
    return requirePayload(this.jwt, token, key, rules) as Record<string, unknown>;
  }
}
