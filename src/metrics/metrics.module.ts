import { Module, type DynamicModule } from '@nestjs/common';
import { Registry } from 'prom-client';
import type { Settings } from '../config/settings.js';
import { MailModule } from '../mail/mail.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { DatabaseMetrics } from './database-metrics.js';
import { HttpMetrics } from './http-metrics.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsListener } from './metrics-listener.js';
import { MetricsToken } from './metrics-token.js';
import { ProcessMetrics } from './process-metrics.js';
import { QueueMetrics } from './queue-metrics.js';
import { RedisMetrics } from './redis-metrics.js';
import { TokenMetrics } from './token-metrics.js';

/**
 * What the service measures of itself, for Prometheus. It looks on from outside: nothing of the service knows it. Not
 * there at all without a setting that serves it.
 */
@Module({})
export class MetricsModule {
  static forRoot({ token, port }: NonNullable<Settings['metrics']>): DynamicModule {
    return {
      module: MetricsModule,
      imports: [MailModule, TokensModule, UsersModule],
      controllers: token === undefined ? [] : [MetricsController],
      providers: [
        // One for each application, not the library's global one: several may run in one process.
        { provide: Registry, useFactory: () => new Registry() },
        DatabaseMetrics,
        HttpMetrics,
        MetricsToken,
        ProcessMetrics,
        QueueMetrics,
        RedisMetrics,
        TokenMetrics,
        ...(port === undefined ? [] : [MetricsListener]),
      ],
    };
  }
}
