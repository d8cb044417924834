import { isOnPostgres } from './stores.js';

/** For a promise that is about SQLite's one file or one connection: elsewhere the test is told as left out, and why. */
export function itOnSqlite(why: string): jest.It {
  const leaveOut = (title: string) => {
    it.skip(`${title} (on SQLite alone: ${why})`, () => undefined);
  };
  return (isOnPostgres ? Object.assign(leaveOut, { each: () => leaveOut }) : it) as jest.It;
}
