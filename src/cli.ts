import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { AccountCommands } from './cli/account-commands.js';
import { CommandError } from './cli/command-error.js';
import { createProgram } from './cli/program.js';
import { loadSettings, SettingsError } from './config/settings.js';
import { AppError } from './errors/app-error.js';

async function withAccounts(run: (accounts: AccountCommands) => Promise<void>): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(loadSettings()), {
    logger: ['error', 'fatal'],
    abortOnError: false,
  });
  try {
    await run(new AccountCommands(app));
  } finally {
    await app.close();
  }
}

function explain(error: unknown): string {
  if (error instanceof CommandError || error instanceof SettingsError) return error.message;
  if (error instanceof AppError) {
    return [
      error.message,
      ...(error.facts.fields ?? []).map(({ field, message }) => `  ${field} ${message}`),
    ].join('\n');
  }
  return String((error as Error).stack);
}

createProgram(withAccounts, (line) => process.stdout.write(`${line}\n`))
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
  });
