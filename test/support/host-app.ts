import {
  Body,
  Controller,
  Get,
  Inject,
  Module,
  Post,
  UseGuards,
  type INestApplication,
} from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  CurrentUser,
  FreshToken,
  Gatehouse,
  GatehouseGuard,
  GatehouseModule,
  Public,
  Roles,
  type GatehouseOptions,
  type Identity,
} from '../../src/embedding/public-api.js';
import { ApiClient } from './api-client.js';
import { LobbyController } from './lobby.controller.js';
import { removeStores, storesOf } from './stores.js';
import { newFolder } from './new-folder.js';

@Controller()
class HostController {
  constructor(@Inject(Gatehouse) private readonly gatehouse: Gatehouse) {}

  @Get('hello')
  hello(): { hello: string } {
    return { hello: 'from the application' };
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }

  @Get('mine')
  @UseGuards(GatehouseGuard)
  mine(@CurrentUser() { username }: Identity): { username: string } {
    return { username };
  }

  @Get('open')
  @Public()
  @UseGuards(GatehouseGuard)
  open(): object {
    return {};
  }

  @Get('admins')
  @Roles('admin')
  @UseGuards(GatehouseGuard)
  admins(): object {
    return {};
  }

  @Get('fresh')
  @FreshToken()
  @UseGuards(GatehouseGuard)
  fresh(): object {
    return {};
  }

  @Post('who')
  async who(@Body() { token }: { token: string }): Promise<{ id: string }> {
    return { id: (await this.gatehouse.authenticate(token)).userId };
  }
}

@UseGuards(GatehouseGuard)
class GuardedLobbyController extends LobbyController {}

export const hostAdapters: [string, () => AbstractHttpAdapter][] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];

/** An application of somebody else that has the service in it. */
export class HostApp {
  /** Speaks to the routes of the service. */
  readonly api: ApiClient;
  /** Speaks to the application. */
  readonly own: ApiClient;
  readonly gatehouse: Gatehouse;

  private constructor(
    readonly app: INestApplication,
    private readonly folder: string,
    path: string,
  ) {
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    const url = `http://127.0.0.1:${String(port)}`;
    this.own = new ApiClient(url);
    this.api = new ApiClient(`${url}/${path}`);
    this.gatehouse = app.get(Gatehouse, { strict: false });
  }

  static async start(
    adapter: AbstractHttpAdapter,
    { path = 'auth', settings = {}, ...extensions }: GatehouseOptions = {},
  ): Promise<HostApp> {
    const folder = newFolder();
    const all = {
      PASSWORD_HASH_MEMORY_KIB: '8',
      PASSWORD_HASH_PASSES: '1',
      LOG_LEVEL: 'silent',
      DATABASE_URL: `sqlite:${join(folder, 'gatehouse.sqlite')}`,
      JWT_KEYS_FILE: join(folder, 'keys.json'),
      MAIL_OUTBOX: join(folder, 'outbox'),
      ...(await storesOf(folder)),
      ...settings,
    };

    @Module({
      imports: [GatehouseModule.forRootAsync({ useFactory: () => ({ path, settings: all, ...extensions }) })],
      controllers: [HostController, GuardedLobbyController],
    })
    class HostModule {}

    const app = await NestFactory.create(HostModule, adapter, { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    return new HostApp(app, folder, path);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await removeStores(this.folder);
    rmSync(this.folder, { recursive: true });
  }
}
