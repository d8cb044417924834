import type { INestApplicationContext } from '@nestjs/common';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserExportService } from '../users/transfer/user-export.service.js';
import { UserImportService, type ImportCounts } from '../users/transfer/user-import.service.js';
import { CommandError } from './command-error.js';
import { ImportReport } from './import-report.js';
import { readLines } from './read-lines.js';

export interface ImportFlags {
  readonly dryRun: boolean;
  readonly stopOnError: boolean;
}

/** The commands that move users from one system to another. */
export class TransferCommands {
  constructor(
    private readonly app: INestApplicationContext,
    private readonly print: (line: string) => void,
  ) {}

  /** @throws CommandError where a line could not be imported, or the file could not be read. */
  async import(file: string, { dryRun, stopOnError }: ImportFlags): Promise<void> {
    const source = file === '-' ? process.stdin : createReadStream(resolve(file));
    const counts = await this.app
      .get(UserImportService)
      .import(readLines(source), { dryRun, stopOnFault: stopOnError }, new ImportReport(process.stderr))
      .catch(explainUnreadable);
    this.print(inWords(counts, dryRun));
    if (counts.refused > 0)
      throw new CommandError(dryRun ? 'Not all lines can be imported.' : 'Not all lines were imported.');
  }

  /** @throws CommandError where whoever reads the output stops before its end. */
  async export(): Promise<void> {
    const users = this.app.get(UserExportService).export();
    await pipeline(Readable.from(asLines(users)), process.stdout, { end: false }).catch(explainClosed);
  }
}

async function* asLines(documents: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const document of documents) yield `${JSON.stringify(document)}\n`;
}

function inWords({ lines, imported, present, refused }: ImportCounts, dryRun: boolean): string {
  const outcome = dryRun ? 'would be imported' : 'imported';
  return `${String(lines)} lines: ${String(imported)} ${outcome}, ${String(present)} there already, ${String(refused)} refused.`;
}

function explainUnreadable(error: unknown): never {
  const { syscall, path, code } = error as NodeJS.ErrnoException;
  if (syscall === 'open' || syscall === 'read')
    throw new CommandError(`Cannot read ${path ?? 'the file'}: ${String(code)}`);
  throw error;
}

function explainClosed(error: unknown): never {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EPIPE') throw new CommandError('The output was closed before its end.');
  throw error;
}
