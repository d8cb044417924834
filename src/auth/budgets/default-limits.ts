import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import { addressOf } from './login-attempts.service.js';
import type { FullCounter } from './refusal-records.js';
import { ThrottleCounters } from './throttle-counters.js';
import { counterKey, defaultThrottlers } from './throttlers.js';

/** A request was counted, or refused by the limit that is told, or could not be counted without a wait. */
export type Outcome = 'taken' | 'unknown' | FullCounter;

interface Counter {
  readonly key: string;
  readonly limit: number;
  readonly ttl: number;
}

/** Who comes from ever new addresses must not fill the memory. */
const MOST_KEPT = 10_000;

/** The limits that hold on every route, by address. */
@Injectable()
export class DefaultLimits {
  private readonly limits: readonly { name: string; limit: number; ttl: number }[];
  /** By address: its keys are digests, which every request would make anew. */
  private readonly counters = new Map<string, readonly Counter[]>();

  constructor(
    private readonly storage: ThrottleCounters,
    settings: Settings,
  ) {
    this.limits = defaultThrottlers(settings);
  }

  /** Counts a request where the counters are at hand. */
  countNow(request: Pick<FastifyRequest, 'ip'>): Outcome {
    for (const { key, limit, ttl } of this.countersOf(request)) {
      const tally = this.storage.incrementNow(key, ttl, limit);
      if (!tally) return 'unknown';
      if (tally.isBlocked) return { key, limit, ttl, timeToBlockExpire: tally.timeToBlockExpire };
    }
    return 'taken';
  }

  private countersOf({ ip }: Pick<FastifyRequest, 'ip'>): readonly Counter[] {
    return this.counters.get(ip) ?? this.remember(ip);
  }

  private remember(ip: string): readonly Counter[] {
    const tracker = addressOf({ ip });
    const counters = this.limits.map(({ name, limit, ttl }) => ({
      key: counterKey(name, tracker),
      limit,
      ttl,
    }));
    if (this.counters.size >= MOST_KEPT) this.counters.clear();
    this.counters.set(ip, counters);
    return counters;
  }
}
