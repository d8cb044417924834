import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWTVerifyGetKey,
} from 'jose';
import { setTimeout as sleep } from 'node:timers/promises';
import { OutageLog } from './outage-log.js';
import { ResourceServerSettings } from './resource-server-options.js';

/** As long as the issuer allows; it publishes a key for longer before it signs. */
const KEEP_MS = 300_000;
/** Twice within that, so that a short absence of the issuer is not noticed. */
const RENEW_EVERY_MS = 120_000;
/** Between two fetches that tokens with an unknown `kid` ask for: anybody can write one. */
const UNKNOWN_KID_PAUSE_MS = 30_000;
/** Between two fetches while the issuer does not answer, or not with a key set. */
const FAILURE_PAUSE_MS = 1000;
const ANSWERS_WITHIN_MS = 5000;
/** A key has some 500 bytes. */
const LONGEST_KEY_SET = 1_000_000;

/** What jose says where the fault is not the token's. */
const FETCH_FAULTS = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'];

/** The keys cannot be fetched, so that nothing can be said of a signature. */
export class KeysUnavailable extends Error {}

/** The issuer's key set, kept and renewed. Requests that need it at once wait for one fetch. */
@Injectable()
export class IssuerKeys implements OnModuleInit, OnModuleDestroy {
  private readonly outages: OutageLog;
  private readonly keys: ReturnType<typeof createRemoteJWKSet>;
  private pausedUntil = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor({ jwksUrl }: ResourceServerSettings) {
    this.outages = new OutageLog(`The key set at ${jwksUrl.href}`, new Logger(IssuerKeys.name));
    this.keys = createRemoteJWKSet(jwksUrl, {
      cacheMaxAge: KEEP_MS,
      cooldownDuration: UNKNOWN_KID_PAUSE_MS,
      timeoutDuration: ANSWERS_WITHIN_MS,
      [customFetch]: this.fetch,
    });
  }

  onModuleInit(): void {
    this.timer = setInterval(() => {
      void this.renew();
    }, RENEW_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Finds the key that a header names, of the algorithm that it names. @throws KeysUnavailable, or a JOSEError */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    // Without one, any key of the algorithm would do.
    if (typeof header.kid !== 'string') throw new errors.JWKSNoMatchingKey();
    try {
      const key = await this.keys(header, token);
      // Soon after a fetch that went well; later, a key is one that was kept.
      if (this.keys.coolingDown) this.outages.worked('fetched');
      return key;
    } catch (error) {
      if (error instanceof errors.JOSEError && !FETCH_FAULTS.includes(error.code)) throw error;
      this.outages.failed('fetched', error);
      throw new KeysUnavailable('the key set cannot be fetched', { cause: error });
    }
  };

  private async renew(): Promise<void> {
    try {
      await this.keys.reload();
      this.outages.worked('fetched');
    } catch (error) {
      this.outages.failed('fetched', error);
    }
  }

  private readonly fetch: FetchImplementation = async (url, options) => {
    if (performance.now() < this.pausedUntil) throw new Error('it was asked for a moment ago');
    try {
      return await Promise.race([fetchWhole(url, options), rejectLate()]);
    } finally {
      // Whether it is a key set, shows later; nobody needs another one so soon.
      this.pausedUntil = performance.now() + FAILURE_PAUSE_MS;
    }
  };
}

async function fetchWhole(...[url, options]: Parameters<FetchImplementation>): Promise<Response> {
  const answer = await fetch(url, options);
  let text = '';
  for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.length > LONGEST_KEY_SET) throw new RangeError('the key set is too long');
  }
  return new Response(text, { status: answer.status });
}

/** The `fetch` of Node 20 may forget its signal, and everybody would wait for the keys. */
async function rejectLate(): Promise<never> {
  await sleep(ANSWERS_WITHIN_MS, undefined, { ref: false });
  throw new Error('no answer in time');
}
