import type { Line, Refusal } from '../../src/users/transfer/record-reader.js';
import {
  UserImportService,
  type ImportCounts,
  type ImportOptions,
} from '../../src/users/transfer/user-import.service.js';
import type { TestApp } from './test-app.js';

interface ImportResult extends ImportCounts {
  readonly refusals: Refusal[];
}

/** Imports documents, one a line, into a running service. */
export async function importUsers(
  service: TestApp,
  documents: readonly object[],
  options: Partial<ImportOptions> = {},
): Promise<ImportResult> {
  const refusals: Refusal[] = [];
  const counts = await service.app
    .get(UserImportService)
    .import(
      linesOf(documents),
      { dryRun: false, stopOnFault: false, ...options },
      { refused: (refusal) => refusals.push(refusal), progress: () => undefined },
    );
  return { ...counts, refusals };
}

async function* linesOf(documents: readonly object[]): AsyncGenerator<Line> {
  for (const [index, document] of documents.entries())
    yield { number: index + 1, text: JSON.stringify(document) };
}
