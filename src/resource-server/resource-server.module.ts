import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Clock, SystemClock } from '../time/clock.js';
import { AccessTokenVerifier } from './access-token.js';
import { FeedClient } from './feed-client.js';
import { FeedFollower } from './feed-follower.js';
import { FeedPageVerifier } from './feed-page.js';
import { IssuerKeys } from './issuer-keys.js';
import {
  readOptions,
  ResourceServerSettings,
  type ResourceServerOptions,
} from './resource-server-options.js';
import { ResourceServerGuard } from './resource-server.guard.js';
import { RevocationMirror } from './revocation-mirror.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<ResourceServerOptions>({ moduleName: 'ResourceServer' })
    .setClassMethodName('forRoot')
    .build();

/**
 * For a Nest service, on Express or Fastify, that lets people in by access tokens of a Gatehouse elsewhere, and stops
 * when one is revoked there. It closes every route that is not `@Public()`, and asks the issuer nothing for a request.
 */
@Module({
  providers: [
    {
      provide: ResourceServerSettings,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: readOptions,
    },
    { provide: Clock, useClass: SystemClock },
    { provide: APP_GUARD, useClass: ResourceServerGuard },
    AccessTokenVerifier,
    FeedClient,
    FeedFollower,
    FeedPageVerifier,
    IssuerKeys,
    RevocationMirror,
  ],
  exports: [RevocationMirror],
})
export class ResourceServerModule extends ConfigurableModuleClass {}
