import type { ChildProcess } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { finish, startProcess, type CommandResult, type Variables } from './child-process.js';
import { blockThatBegins } from './documents.js';
import { newFolder } from './new-folder.js';
import { ServingCommand } from './serving-command.js';

/** What a command of a document is given instead of what is written, such as a free port. */
export type Replacements = readonly (readonly [written: string, given: string])[];

/** Starts commands, of which the first that fails is the last. What they set is exported. */
export function startBash(
  folder: string,
  script: string,
  variables: Variables = {},
  options: { readonly detached?: boolean } = {},
): ChildProcess {
  // bash reads a file of its own first where its input is a socket, as that of a child process of Node is.
  return startProcess('bash', ['--norc', '-aeuo', 'pipefail', '-c', script], folder, variables, options);
}

/** A terminal in which the commands of documents are run as somebody would who copies them, block after block. */
export class DocumentShell {
  constructor(
    private readonly folder: string,
    readonly variables: Variables,
    private readonly replacements: Replacements = [],
  ) {}

  /** Runs the block of a document that begins so, up to the first command that fails. What it sets stays set. */
  async run(document: string, beginning: string, replacements: Replacements = []): Promise<CommandResult> {
    const kept = join(newFolder('gatehouse-shell-'), 'variables');
    const script = `trap "env -0 > '${kept}'" EXIT\n${this.commands(document, beginning, replacements)}`;
    const result = await finish(startBash(this.folder, script, this.variables));
    const set = readFileSync(kept, 'utf8').split('\0').slice(0, -1);
    for (const variable of set) {
      const [name = '', ...value] = variable.split('=');
      this.variables[name] = value.join('=');
    }
    rmSync(dirname(kept), { recursive: true });
    return result;
  }

  /** Runs a block that has nothing to complain of. @returns what it writes */
  async succeed(document: string, beginning: string, replacements: Replacements = []): Promise<string> {
    const { code, stdout, stderr } = await this.run(document, beginning, replacements);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  }

  /** Starts a block whose last command serves. */
  serve(document: string, beginning: string, replacements: Replacements = []): ServingCommand {
    const script = this.commands(document, beginning, replacements);
    return new ServingCommand(startBash(this.folder, script, this.variables, { detached: true }));
  }

  private commands(document: string, beginning: string, replacements: Replacements): string {
    return [...replacements, ...this.replacements].reduce(
      (text, [written, given]) => text.replaceAll(written, given),
      blockThatBegins(document, beginning).text,
    );
  }
}
