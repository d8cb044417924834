import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { SettingsError } from './config/settings-error.js';
import { loadSettings } from './config/settings.js';
import { applicationOptions, configureApp, createAdapter } from './configure-app.js';
import { StrictClusterError } from './health/strict-cluster.js';
import { createLogger } from './logging/logger.js';

async function start(): Promise<void> {
  const settings = loadSettings();
  const logger = createLogger(settings.logLevel);
  for (const warning of settings.warnings) logger.warn(warning);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(settings),
    createAdapter(settings, logger),
    applicationOptions(logger),
  );
  await configureApp(app);
  // Without it the process would end by the signal, not with exit code 0.
  app.enableShutdownHooks([], { useProcessExit: true });
  await app.listen(settings.port, settings.host);
}

start().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof SettingsError || error instanceof StrictClusterError ? error.message : String((error as Error).stack)}\n`,
  );
  // What was opened before the fault would keep the process alive.
  process.exit(1);
});
