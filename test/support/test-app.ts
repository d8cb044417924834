import type { ModuleMetadata } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { AppModule } from '../../src/app.module.js';
import { readSettings } from '../../src/config/settings.js';
import { applicationOptions, configureApp, createAdapter } from '../../src/configure-app.js';
import { createLogger } from '../../src/logging/logger.js';
import { Clock } from '../../src/time/clock.js';
import { ExpiredRowsSweeper } from '../../src/tokens/expired-rows.sweeper.js';
import { ApiClient } from './api-client.js';
import { FixedClock } from './fixed-clock.js';
import { newFolder } from './new-folder.js';
import { queryPortably } from './query-portably.js';
import { removeStores, storesOf } from './stores.js';

/** Settings under which tests are quick and meet no limit that they do not test. The hashes are real, and small. */
const testSettings = {
  PASSWORD_HASH_MEMORY_KIB: '8',
  PASSWORD_HASH_PASSES: '1',
  THROTTLE_DEFAULT: '1000000 per minute',
  THROTTLE_LOGIN: '1000000 per minute',
  MAX_SESSIONS: '10000',
  LOG_LEVEL: 'info',
};

export interface TestAppOptions {
  readonly settings?: Record<string, string>;
  /** Extra controllers, for guards that no route of the service shows. */
  readonly controllers?: NonNullable<ModuleMetadata['controllers']>;
  /** Where it listens, for those who must know before it starts; any free port otherwise. */
  readonly port?: number;
  /** Where the data lies, to start again on it. */
  readonly folder?: string;
  /** By how many seconds the clock is ahead of that of other services. */
  readonly clockAhead?: number;
}

/** The service with its real wiring, on a real database: a SQLite file, or what the run's stores are. */
export class TestApp {
  readonly api: ApiClient;

  private constructor(
    readonly app: NestFastifyApplication,
    readonly clock: FixedClock,
    readonly folder: string,
    private readonly lines: string[],
    private readonly registered: ReadonlySet<string>,
  ) {
    this.api = new ApiClient(this.url);
  }

  static async start({
    settings = {},
    controllers = [],
    folder = newFolder(),
    port = 0,
    clockAhead = 0,
  }: TestAppOptions = {}): Promise<TestApp> {
    const checked = readSettings({
      ...testSettings,
      DATABASE_URL: `sqlite:${join(folder, 'gatehouse.sqlite')}`,
      JWT_KEYS_FILE: join(folder, 'keys.json'),
      MAIL_OUTBOX: join(folder, 'outbox'),
      ...(await storesOf(folder)),
      ...settings,
    });
    const lines: string[] = [];
    const logger = createLogger(checked.logLevel, { write: (line) => void lines.push(line) });
    const clock = new FixedClock();
    clock.pass(clockAhead);
    const module = await Test.createTestingModule({ imports: [AppModule.forRoot(checked)], controllers })
      .overrideProvider(Clock)
      .useValue(clock)
      .compile();
    const app = module.createNestApplication<NestFastifyApplication>(
      createAdapter(checked, logger),
      applicationOptions(logger),
    );
    const registered = new Set<string>();
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRoute', ({ method, url }) => {
        for (const each of [method].flat()) registered.add(`${each} ${url}`);
      });
    await configureApp(app);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    await new Promise<void>((resolve) => app.getHttpServer().listen(port, '127.0.0.1', resolve));
    return new TestApp(app, clock, folder, lines, registered);
  }

  /** Where it listens. */
  get url(): string {
    const { port } = this.app.getHttpServer().address() as AddressInfo;
    return `http://127.0.0.1:${String(port)}`;
  }

  /** Everything that was logged, as text. */
  get log(): string {
    return this.lines.join('');
  }

  /** What was logged, a document a line. */
  get logLines(): Record<string, unknown>[] {
    return this.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Every route the router has, as `METHOD /path`, without the HEAD that goes with each GET and the files of pages. */
  get routes(): string[] {
    return [...this.registered].filter((route) => !route.startsWith('HEAD ') && !route.includes('*'));
  }

  /** Looks into the database. A parameter is a `?`, and a whole number in the answer a number, on both databases. */
  query<T>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return queryPortably<T>(this.app.get(DataSource), sql, parameters);
  }

  /** Removes what has expired, as a service does that has run for a while. */
  async sweep(): Promise<void> {
    const sweeper = this.app.get(ExpiredRowsSweeper);
    for (let taken = 0; taken < sweeper.sweepsNeeded; taken++) await sweeper.sweep();
  }

  async stop(): Promise<void> {
    await this.app.close();
    await removeStores(this.folder);
    rmSync(this.folder, { recursive: true });
  }

  /** Stops the service and leaves its data, to start again on. */
  async stopAndKeep(): Promise<string> {
    await this.app.close();
    return this.folder;
  }
}
