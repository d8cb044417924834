import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { CommandError } from './command-error.js';

/** Reads a password from standard input: piped, or typed unseen. It is never an argument, which other users could see. */
export async function readPassword(): Promise<string> {
  const password = process.stdin.isTTY
    ? await ask('Password: ')
    : (await text(process.stdin)).replace(/\r?\n$/, '');
  if (password === '') throw new CommandError('Give the password on standard input.');
  return password;
}

async function ask(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const unseen = new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });
  const terminal = createInterface({ input: process.stdin, output: unseen, terminal: true });
  const answer = await terminal.question('');
  terminal.close();
  process.stderr.write('\n');
  return answer;
}
