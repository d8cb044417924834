import { Redis } from 'ioredis';
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Response } from 'supertest';
import { DataSource, type Logger } from 'typeorm';
import { currentOrigin } from '../../src/access/request-context.js';
import { PasswordHasher } from '../../src/users/password-hasher.js';
import type { TestApp } from './test-app.js';

/** What a request made the service do before it was answered. */
export interface Cost {
  /** Of SQL, without those that open and close transactions. */
  readonly statements: number;
  /** Each is a wait for the disk. */
  readonly commits: number;
  readonly hashes: number;
  readonly redis: number;
}

interface Deed {
  readonly requestId: string;
  /** SQL, or what else was done. */
  readonly what: string;
}

const HASH = 'hash';
const REDIS = 'redis';
const OPENS = /^(BEGIN|START)/;
const CLOSES = 'COMMIT';
const CONTROLS = /^(BEGIN|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)/;
const WRITES = /^(INSERT|UPDATE|DELETE)/;

/** Counts what is done for a request, and not what the service does by itself meanwhile. */
export class CostMeter {
  /** To be called at the end: the client of Redis is the same for all services. */
  readonly stop: () => void;
  private readonly deeds: Deed[] = [];

  constructor(service: TestApp) {
    const asked = rememberRequests(service);
    const note = (what: string) => {
      const requestId = currentOrigin()?.requestId ?? asked.getStore();
      if (requestId !== undefined) this.deeds.push({ requestId, what });
    };
    service.app.get(DataSource).logger = { logQuery: note } as unknown as Logger;
    const hasher = service.app.get(PasswordHasher);
    const noteHash = () => {
      note(HASH);
    };
    watch(hasher, 'hash', noteHash);
    watch(hasher, 'verify', noteHash);
    this.stop = watch(Redis.prototype, 'sendCommand', () => {
      note(REDIS);
    });
  }

  /** What the request cost that this is the answer to. */
  costOf({ headers }: Response): Cost {
    const id = (headers as Record<string, string>)['x-request-id'];
    const done = this.deeds.filter(({ requestId }) => requestId === id).map(({ what }) => what);
    const sql = done.filter((what) => what !== HASH && what !== REDIS);
    return {
      statements: sql.filter((text) => !CONTROLS.test(text)).length,
      commits: commitsOf(sql),
      hashes: done.filter((what) => what === HASH).length,
      redis: done.filter((what) => what === REDIS).length,
    };
  }
}

/** The id of a request that is read: the service itself knows only those that may be recorded. */
function rememberRequests({ app }: TestApp): AsyncLocalStorage<string> {
  const asked = new AsyncLocalStorage<string>();
  app.getHttpServer().prependListener('request', ({ headers }: IncomingMessage) => {
    const id = randomUUID();
    headers['x-request-id'] = id;
    asked.enterWith(id);
  });
  return asked;
}

/** A write outside of a transaction is one by itself. */
function commitsOf(sql: readonly string[]): number {
  let commits = 0;
  let isInTransaction = false;
  for (const text of sql) {
    if (OPENS.test(text)) isInTransaction = true;
    if (text.startsWith(CLOSES)) isInTransaction = false;
    if (text.startsWith(CLOSES) || (WRITES.test(text) && !isInTransaction)) commits += 1;
  }
  return commits;
}

/** Lets a method do what it does, and tells of each call. @returns what makes it as it was */
function watch<Name extends string>(
  object: Record<Name, (...values: never[]) => unknown>,
  name: Name,
  tell: () => void,
): () => void {
  const original = object[name];
  object[name] = function (this: unknown, ...values: never[]) {
    tell();
    return original.apply(this, values);
  };
  return () => {
    object[name] = original;
  };
}
