import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandResult, Variables } from './child-process.js';
import { DocumentShell, type Replacements } from './document-shell.js';
import { ServiceProcess, testVariables } from './service-process.js';
import { keepOnSqlite } from './stores.js';
import { newServiceFolder } from './service-folder.js';

// Debian's, which has the packages.
const withPackages: Replacements = [['python3 ', '/usr/bin/python3 ']];

/** Somebody who brings users to a service that runs, by the commands of a document. */
export class Mover {
  private constructor(
    readonly folder: string,
    readonly service: ServiceProcess,
    private readonly shell: DocumentShell,
  ) {}

  /** @param variables what the commands find in the environment */
  static async start(variables: Variables = {}): Promise<Mover> {
    const folder = newServiceFolder();
    // The commands know of no other database than that of their folder.
    keepOnSqlite(folder);
    const service = await ServiceProcess.start(folder);
    const shell = new DocumentShell(folder, { ...testVariables, ...variables }, withPackages);
    return new Mover(folder, service, shell);
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  run(document: string, beginning: string, replacements: Replacements = []): Promise<CommandResult> {
    return this.shell.run(document, beginning, replacements);
  }

  /** Runs commands that have nothing to complain of. @returns what they write */
  succeed(document: string, beginning: string, replacements: Replacements = []): Promise<string> {
    return this.shell.succeed(document, beginning, replacements);
  }

  async stop(): Promise<void> {
    await this.service.stop();
    rmSync(this.folder, { recursive: true });
  }
}

/** What a dry run and the import after it say of so many new users. */
export function broughtOver(users: number): string {
  const lines = ['would be imported', 'imported'].map(
    (outcome) => `${String(users)} lines: ${String(users)} ${outcome}, 0 there already, 0 refused.\n`,
  );
  return lines.join('');
}
