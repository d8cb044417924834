import { Module, type DynamicModule } from '@nestjs/common';
import { AccountPageModule } from './account-page/account-page.module.js';
import { AppController } from './app.controller.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Settings } from './config/settings.js';
import { DatabaseModule } from './database/database.module.js';
import { ErrorsModule } from './errors/errors.module.js';
import type { Extensions } from './extensions/extensions.js';
import { ExtensionsModule } from './extensions/extensions.module.js';
import { HealthModule } from './health/health.module.js';
import { TelemetryModule } from './telemetry/telemetry.module.js';
import { TimeModule } from './time/time.module.js';

/** The map of the house. */
@Module({
  imports: [TimeModule, TelemetryModule, ErrorsModule, AuditModule, AuthModule, HealthModule],
  controllers: [AppController],
})
export class AppModule {
  static forRoot(settings: Settings, extensions: Extensions = {}): DynamicModule {
    const page = settings.accountPage ? [AccountPageModule] : [];
    const metrics = settings.metrics ? [loadMetrics(settings.metrics)] : [];
    const given = [
      ConfigModule.forRoot(settings),
      DatabaseModule.forRoot(extensions.dataSource),
      ExtensionsModule.forRoot(extensions),
    ];
    return { module: AppModule, imports: [...given, ...page, ...metrics] };
  }
}

// Loaded where it is set: the library for Prometheus costs every start.
async function loadMetrics(settings: NonNullable<Settings['metrics']>): Promise<DynamicModule> {
  const { MetricsModule } = await import('./metrics/metrics.module.js');
  return MetricsModule.forRoot(settings);
}
