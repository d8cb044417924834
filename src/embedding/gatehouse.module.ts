import {
  Global,
  Module,
  Optional,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';
import { ConfigurableModuleClass, GATEHOUSE_OPTIONS, type GatehouseOptions } from './gatehouse-options.js';
import { GatehouseGuard } from './gatehouse.guard.js';
import { Gatehouse } from './gatehouse.js';
import { mount } from './mount.js';

const OTHER_COPY =
  'GatehouseModule has another copy of @nestjs/core than the application: see npm ls @nestjs/core, and let both have one';

/**
 * The whole service within another Nest application, on Express or on Fastify: its routes under a path of the same
 * server, in front of whatever the application does with a request, and {@link Gatehouse} to inject
 * and {@link GatehouseGuard} to guard with, in every module of it.
 */
@Global()
@Module({
  providers: [
    {
      provide: Gatehouse,
      inject: [GATEHOUSE_OPTIONS, { token: HttpAdapterHost, optional: true }],
      useFactory: (options: GatehouseOptions, host?: HttpAdapterHost) => {
        // What each application has is not there by the class of another copy.
        if (!host) throw new Error(OTHER_COPY);
        return Gatehouse.start(options);
      },
    },
    GatehouseGuard,
  ],
  exports: [Gatehouse, GatehouseGuard],
})
export class GatehouseModule
  extends ConfigurableModuleClass
  implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    private readonly gatehouse: Gatehouse,
    @Optional() private readonly host?: HttpAdapterHost,
  ) {
    super();
  }

  onModuleInit(): void {
    // A script that runs in the context of the application has no server.
    const adapter = this.host?.httpAdapter as HttpAdapterHost['httpAdapter'] | null | undefined;
    const server = adapter?.getHttpServer() as Server | undefined;
    if (server) mount(server, this.gatehouse);
  }

  beforeApplicationShutdown(): void {
    this.gatehouse.beforeStop();
  }

  /** After the application's server: what it has accepted is answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.gatehouse.stop();
  }
}
