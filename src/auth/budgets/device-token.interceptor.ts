import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { Settings } from '../../config/settings.js';
import { privateCookie } from '../../http/private-cookie.js';
import { DeviceTokens } from '../../tokens/device-tokens.service.js';
import type { TokenPair } from '../../tokens/token-pair.js';
import { DEVICE_COOKIE, DEVICE_HEADER } from './device-token.js';
import { LoginAttempts, triesPassword, type Attempt } from './login-attempts.service.js';
import { ThrottleCounters } from './throttle-counters.js';
import { accountCounters } from './throttlers.js';

/** After a good sign-in, gives the device what makes it known: in a cookie, and in a header for who has no cookies. */
@Injectable()
export class DeviceTokenInterceptor implements NestInterceptor<TokenPair, TokenPair> {
  constructor(
    private readonly devices: DeviceTokens,
    private readonly attempts: LoginAttempts,
    private readonly counters: ThrottleCounters,
    private readonly settings: Settings,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler<TokenPair>): Observable<TokenPair> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    return next.handle().pipe(
      mergeMap(async (pair) => {
        if (triesPassword(request)) await this.makeKnown(request, http.getResponse<FastifyReply>());
        return pair;
      }),
    );
  }

  private async makeKnown(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const attempt = await this.attempts.of(request);
    const { userId, passwordChangedAt } = attempt;
    // An account that was made since the request came has no attempts to keep apart yet.
    if (userId === undefined || passwordChangedAt === undefined) return;
    const device = attempt.device ?? this.devices.newDevice(userId, passwordChangedAt);
    if (!attempt.device) await this.carryOver(attempt, `device ${device.deviceId}`);
    const token = this.devices.sign(device);
    void reply.header(DEVICE_HEADER, token);
    const { issuer } = this.settings;
    void reply.setCookie(
      DEVICE_COOKIE,
      token,
      privateCookie({ issuer, path: '/', maxAge: this.devices.ttl }),
    );
  }

  /** What was tried before a device was known counts on: a limit is not doubled by signing in. */
  private async carryOver(attempt: Attempt, own: string): Promise<void> {
    const after = accountCounters(this.settings, { ...attempt, own });
    const copies = accountCounters(this.settings, attempt).map(({ key, ttl }, place) =>
      this.counters.copy(key, after[place]?.key ?? '', ttl),
    );
    await Promise.all(copies);
  }
}
