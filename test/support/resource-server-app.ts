import { Controller, Get, type INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { Server } from 'node:http';
import { CurrentUser } from '../../src/access/current-user.decorator.js';
import { FreshToken } from '../../src/access/fresh-token.decorator.js';
import type { Identity } from '../../src/access/identity.js';
import { Public } from '../../src/access/public.decorator.js';
import { Roles } from '../../src/access/roles.decorator.js';
import type { ResourceServerOptions } from '../../src/resource-server/resource-server-options.js';
import { ResourceServerModule } from '../../src/resource-server/resource-server.module.js';
import { RevocationMirror } from '../../src/resource-server/revocation-mirror.js';
import { Clock, SystemClock } from '../../src/time/clock.js';
import { ApiClient } from './api-client.js';
import { LobbyController } from './lobby.controller.js';

@Controller()
class ReportsController {
  @Get('reports')
  reports(@CurrentUser() user: Identity): Identity {
    return user;
  }

  @Public()
  @Get('open')
  open(): object {
    return { open: true };
  }

  @Roles('admin')
  @Get('all-reports')
  all(): object {
    return { reports: [] };
  }

  @FreshToken()
  @Get('secret-reports')
  secret(): object {
    return { reports: [] };
  }
}

/** A clock that goes on as the machine's does, and can be put forward. */
export class ShiftedClock extends Clock {
  private shiftMs = 0;
  private readonly system = new SystemClock();

  now(): Date {
    return new Date(this.system.now().getTime() + this.shiftMs);
  }

  shift(seconds: number): void {
    this.shiftMs += seconds * 1000;
  }
}

const adapters = { express: ExpressAdapter, fastify: FastifyAdapter };
export type AdapterName = keyof typeof adapters;

/** A Nest application of its own that lets people in by the tokens of a service elsewhere. */
export class ResourceServerApp {
  readonly api: ApiClient;

  private constructor(
    private readonly app: INestApplication<Server>,
    readonly clock: ShiftedClock,
    /** What it has logged, until another one is started: Nest has one log for all. */
    readonly logLines: readonly string[],
  ) {
    this.api = new ApiClient(app.getHttpServer());
  }

  static async start(
    options: ResourceServerOptions,
    adapter: AdapterName = 'fastify',
  ): Promise<ResourceServerApp> {
    const clock = new ShiftedClock();
    const logLines: string[] = [];
    const log = (line: string) => logLines.push(line);
    const imports = [
      adapter === 'express'
        ? ResourceServerModule.forRoot(options)
        : ResourceServerModule.forRootAsync({ useFactory: () => options }),
    ];
    const module = await Test.createTestingModule({
      imports,
      controllers: [ReportsController, LobbyController],
    })
      .overrideProvider(Clock)
      .useValue(clock)
      .compile();
    const app = module.createNestApplication<INestApplication<Server>>(new adapters[adapter](), {
      logger: { log, warn: log, error: log },
    });
    await app.listen(0, '127.0.0.1');
    return new ResourceServerApp(app, clock, logLines);
  }

  get mirror(): RevocationMirror {
    return this.app.get(RevocationMirror);
  }

  stop(): Promise<void> {
    return this.app.close();
  }
}
