import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { end, finish, startProcess, type CommandResult, type Variables } from './child-process.js';
import { blockThatBegins } from './documents.js';
import { until } from './until.js';

/** What a command of a document is given instead of what is written, such as a free port. */
export type Replacements = readonly (readonly [written: string, given: string])[];

// bash reads a file of its own first where its input is a socket, as that of a child process of Node is.
const strict = ['--norc', '-aeuo', 'pipefail', '-c'];

/** A terminal in which the commands of documents are run as somebody would who copies them, block after block. */
export class DocumentShell {
  constructor(
    private readonly folder: string,
    readonly variables: Variables,
    private readonly replacements: Replacements = [],
  ) {}

  /** Runs the block of a document that begins so, up to the first command that fails. What it sets stays set. */
  async run(document: string, beginning: string, replacements: Replacements = []): Promise<CommandResult> {
    const kept = join(mkdtempSync(join(tmpdir(), 'gatehouse-shell-')), 'variables');
    const script = `trap "env -0 > '${kept}'" EXIT\n${this.commands(document, beginning, replacements)}`;
    const result = await finish(startProcess('bash', [...strict, script], this.folder, this.variables));
    const set = readFileSync(kept, 'utf8').split('\0').slice(0, -1);
    for (const variable of set) {
      const [name = '', ...value] = variable.split('=');
      this.variables[name] = value.join('=');
    }
    rmSync(dirname(kept), { recursive: true });
    return result;
  }

  /** Starts a block whose last command serves. */
  serve(document: string, beginning: string, replacements: Replacements = []): ServingCommand {
    const script = this.commands(document, beginning, replacements);
    const options = { detached: true };
    return new ServingCommand(
      startProcess('bash', [...strict, script], this.folder, this.variables, options),
    );
  }

  private commands(document: string, beginning: string, replacements: Replacements): string {
    return [...replacements, ...this.replacements].reduce(
      (text, [written, given]) => text.replaceAll(written, given),
      blockThatBegins(document, beginning).text,
    );
  }
}

export class ServingCommand {
  private written = '';

  constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.written += chunk.toString()));
  }

  /** What it has written so far. */
  get output(): string {
    return this.written;
  }

  /** Waits until it answers at an address, with whatever. @throws Error with what it wrote, where it does not */
  async untilAnswering(url: string, withinMs: number): Promise<void> {
    const answers = async () => {
      if (this.child.exitCode !== null) throw new Error('it has ended');
      return (await fetch(url).catch(() => undefined)) !== undefined;
    };
    await until(answers, withinMs).catch((cause: unknown) => {
      throw new Error(`it does not answer:\n${this.written}`, { cause });
    });
  }

  /** Ends it as Ctrl+C does, and all that it started. */
  async stop(): Promise<void> {
    await end(this.child, 'SIGINT');
  }
}
