import { Argument, Command, Option } from 'commander';
import { roles, type Role } from '../access/role.js';
import type { AccountCommands } from './account-commands.js';
import { readPassword } from './read-password.js';

/** Opens the service's parts, without its HTTP server, for as long as a command runs. */
export type WithAccounts = (run: (accounts: AccountCommands) => Promise<void>) => Promise<void>;

/** The command line. `npm run gatehouse -- help` lists it. */
export function createProgram(withAccounts: WithAccounts, print: (line: string) => void): Command {
  const username = new Argument('<username>');
  const program = new Command('gatehouse').description('Manages the accounts of this Gatehouse.');
  const user = program.command('user').description('create, list, disable and enable users, set passwords');

  user
    .command('create')
    .description('create a user; the password is read from standard input')
    .addArgument(username)
    .option('--email <address>')
    .addOption(new Option('--role <role...>', 'roles beside "user"').choices(roles).default([]))
    .action((name: string, { email, role }: { email?: string; role: Role[] }) =>
      withAccounts(async (accounts) => {
        print(await accounts.create(name, await readPassword(), email, role));
      }),
    );
  user
    .command('list')
    .description('print every user, a JSON document a line')
    .action(() =>
      withAccounts(async (accounts) => {
        for (const profile of await accounts.list()) print(JSON.stringify(profile));
      }),
    );
  user
    .command('disable')
    .description('keep a user out, and end all of their sessions')
    .addArgument(username)
    .action((name: string) =>
      withAccounts(async (accounts) => {
        print(await accounts.disable(name));
      }),
    );
  user
    .command('enable')
    .description('let a disabled user in again')
    .addArgument(username)
    .action((name: string) =>
      withAccounts(async (accounts) => {
        print(await accounts.enable(name));
      }),
    );
  user
    .command('password')
    .description('set a password, read from standard input, and end all sessions')
    .addArgument(username)
    .action((name: string) =>
      withAccounts(async (accounts) => {
        print(await accounts.setPassword(name, await readPassword()));
      }),
    );
  return program;
}
