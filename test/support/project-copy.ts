import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { finish, startProcess, type CommandResult } from './child-process.js';
import { newFolder } from './new-folder.js';

/** A copy of the project as it lies here, on the same packages, for a test to change. */
export class ProjectCopy {
  private constructor(readonly folder: string) {}

  static make(): ProjectCopy {
    const copy = new ProjectCopy(newFolder());
    for (const path of git('.', 'ls-files', '--cached', '--others', '--exclude-standard'))
      if (existsSync(path)) cpSync(path, join(copy.folder, path));
    symlinkSync(resolve('node_modules'), join(copy.folder, 'node_modules'));
    git(copy.folder, 'init', '--quiet');
    copy.takeAsUnchanged();
    return copy;
  }

  /** The files that were made or changed since the copy was made, or taken as unchanged. */
  changes(): string[] {
    return git(this.folder, 'ls-files', '--others', '--modified', '--exclude-standard');
  }

  takeAsUnchanged(): void {
    git(this.folder, 'add', '--all');
  }

  /** Runs a program of the packages. @throws Error with what it said, where it fails */
  async run(...command: string[]): Promise<CommandResult> {
    const result = await finish(startProcess('npx', command, this.folder, {}));
    if (result.code !== 0) throw new Error(`${command.join(' ')}\n${result.stdout}\n${result.stderr}`);
    return result;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

function git(folder: string, ...command: string[]): string[] {
  // Where git runs the tests, as in a hook, the rest of its environment is about the project itself.
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME };
  const output = execFileSync('git', ['-C', folder, ...command], { encoding: 'utf8', env });
  return output.split('\n').filter((line) => line !== '');
}
