import { Argument, Command, Option } from 'commander';
import { roles, type Role } from '../access/role.js';
import type { AccountCommands } from './account-commands.js';
import type { AuditCommands } from './audit-commands.js';
import type { DatabaseCommands } from './database-commands.js';
import type { KeyCommands } from './key-commands.js';
import { readPassword } from './read-password.js';
import type { ImportFlags, TransferCommands } from './transfer-commands.js';

interface Commands {
  readonly accounts: AccountCommands;
  readonly audit: AuditCommands;
  readonly keys: KeyCommands;
  readonly transfer: TransferCommands;
}

/** Opens the service's parts, without its HTTP server, for as long as a command runs. */
export type WithCommands = (run: (commands: Commands) => Promise<void>) => Promise<void>;

const UNKNOWN_OPTION = 'error: unknown option';
/** One key id in 64 begins with a hyphen, and a username may. */
const AFTER_OPTIONS =
  'If it is a name or a key id, put it last with -- before it, as in: key retire --force -- -a1b2\n';

/** The command line. `npm run gatehouse -- help` lists it. */
export function createProgram(
  withCommands: WithCommands,
  openDatabaseCommands: () => DatabaseCommands,
  print: (line: string) => void,
): Command {
  const username = new Argument('<username>');
  const program = new Command('gatehouse')
    .description(
      'Manages the accounts, the signing keys, the audit trail and the database of this Gatehouse.',
    )
    .configureOutput({
      outputError: (message, write) => {
        write(message.startsWith(UNKNOWN_OPTION) ? `${message}${AFTER_OPTIONS}` : message);
      },
    });
  const user = program
    .command('user')
    .description('create, list, disable, enable and delete users, set passwords, import and export');

  user
    .command('create')
    .description('create a user; the password is read from standard input')
    .addArgument(username)
    .option('--email <address>')
    .addOption(new Option('--role <role...>', 'roles beside "user"').choices(roles).default([]))
    .action((name: string, { email, role }: { email?: string; role: Role[] }) =>
      withCommands(async ({ accounts }) => {
        print(await accounts.create(name, await readPassword(), email, role));
      }),
    );
  user
    .command('list')
    .description('print every user, a JSON document a line')
    .action(() =>
      withCommands(async ({ accounts }) => {
        for (const profile of await accounts.list()) print(JSON.stringify(profile));
      }),
    );
  user
    .command('disable')
    .description('keep a user out, and end all of their sessions')
    .addArgument(username)
    .action((name: string) =>
      withCommands(async ({ accounts }) => {
        print(await accounts.disable(name));
      }),
    );
  user
    .command('enable')
    .description('let a disabled user in again')
    .addArgument(username)
    .action((name: string) =>
      withCommands(async ({ accounts }) => {
        print(await accounts.enable(name));
      }),
    );
  user
    .command('delete')
    .description('delete a user and all that belongs to them, and end all of their sessions')
    .addArgument(username)
    .action((name: string) =>
      withCommands(async ({ accounts }) => {
        print(await accounts.delete(name));
      }),
    );
  user
    .command('password')
    .description('set a password, read from standard input, and end all sessions')
    .addArgument(username)
    .action((name: string) =>
      withCommands(async ({ accounts }) => {
        print(await accounts.setPassword(name, await readPassword()));
      }),
    );
  user
    .command('import')
    .description(
      'take users over from a file of JSON Lines, see docs/migration.md; run it again after an interruption',
    )
    .argument('<file>', 'the file, or - for standard input')
    .option('--dry-run', 'check every line and write nothing', false)
    .option(
      '--stop-on-error',
      'stop at the first line that cannot be imported, instead of going on after it',
      false,
    )
    .action((file: string, flags: ImportFlags) =>
      withCommands(async ({ transfer }) => {
        await transfer.import(file, flags);
      }),
    );
  user
    .command('export')
    .description('print every user as import reads them, password hashes included: keep it as a secret')
    .action(() => withCommands(({ transfer }) => transfer.export()));

  const key = program.command('key').description('list, rotate and retire signing keys');
  key
    .command('list')
    .description('print every key without its private half, a JSON document a line')
    .action(() =>
      withCommands(async ({ keys }) => {
        for (const each of await keys.list()) print(JSON.stringify(each));
      }),
    );
  key
    .command('rotate')
    .description('let the next key sign; the former still verifies')
    .option('--force', 'also where the next key is too new to be known by all who verify', false)
    .action(({ force }: { force: boolean }) =>
      withCommands(async ({ keys }) => {
        print(await keys.rotate(force));
      }),
    );
  key
    .command('retire')
    .description('remove a key that no live token needs any more')
    .argument('<kid>')
    .option('--force', 'also where tokens still need it: they are refused from then on', false)
    .action((kid: string, { force }: { force: boolean }) =>
      withCommands(async ({ keys }) => {
        print(await keys.retire(kid, force));
      }),
    );

  program
    .command('audit')
    .description('verify the audit trail')
    .command('verify')
    .description('hold every event against its hash, and name the first that was altered or is missing')
    .option('--anchor <number:hash>', 'also against what an earlier run has printed, kept elsewhere since')
    .action(({ anchor }: { anchor?: string }) =>
      withCommands(async ({ audit }) => {
        print(await audit.verify(anchor));
      }),
    );

  const database = program.command('database').description('back up and move the database');
  database
    .command('backup')
    .description('copy the SQLite database of DATABASE_URL to a new file, while the service runs or not')
    .argument('<file>', 'where nothing is yet')
    .action(async (file: string) => {
      await openDatabaseCommands().backUp(file);
    });
  database
    .command('move')
    .description(
      'carry everything from the SQLite database of DATABASE_URL to the PostgreSQL database of MOVE_DATABASE_TO, see docs/migration.md; stop the service first, and run it again after an interruption',
    )
    .action(async () => {
      await openDatabaseCommands().move();
    });
  return program;
}
