#!/usr/bin/env node
import { Logger, type LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { AccountCommands } from './cli/account-commands.js';
import { AuditCommands } from './cli/audit-commands.js';
import { CommandError } from './cli/command-error.js';
import { DatabaseCommands } from './cli/database-commands.js';
import { KeyCommands } from './cli/key-commands.js';
import { createProgram, type WithCommands } from './cli/program.js';
import { TransferCommands } from './cli/transfer-commands.js';
import { SettingsError } from './config/settings-error.js';
import { loadSettings, type Settings } from './config/settings.js';
import { BackupError } from './database/back-up-sqlite.js';
import { DatabaseMoveError } from './database/moving/database-move-error.js';
import { AppError } from './errors/app-error.js';
import { KeyChangeError } from './tokens/key-change-error.js';

const logLevels: LogLevel[] = ['error', 'fatal'];
const print = (line: string) => process.stdout.write(`${line}\n`);

/** Who measures is the service: a command would take the port of its metrics from it. */
const settingsOfCommand = (): Settings => Object.assign({}, loadSettings(), { metrics: undefined });

const withCommands: WithCommands = async (run) => {
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(settingsOfCommand()), {
    logger: logLevels,
    abortOnError: false,
  });
  try {
    await run({
      accounts: new AccountCommands(app),
      audit: new AuditCommands(app),
      keys: new KeyCommands(app),
      transfer: new TransferCommands(app, print),
    });
  } finally {
    await app.close();
  }
};

const openDatabaseCommands = () => {
  Logger.overrideLogger(logLevels);
  return new DatabaseCommands(loadSettings(), print);
};

const toldInWords = [BackupError, CommandError, DatabaseMoveError, KeyChangeError, SettingsError];

function explain(error: unknown): string {
  if (toldInWords.some((kind) => error instanceof kind)) return (error as Error).message;
  if (error instanceof AppError) {
    return [
      error.message,
      ...(error.facts.fields ?? []).map(({ field, message }) => `  ${field} ${message}`),
    ].join('\n');
  }
  return String((error as Error).stack);
}

createProgram(withCommands, openDatabaseCommands, print)
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
  });
