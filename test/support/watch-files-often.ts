import fs from 'node:fs';

const INTERVAL_MS = 20;

/** Lets the services of a test file notice a changed key file after milliseconds, not after a second. */
export function watchFilesOften(): void {
  const watch = fs.watchFile as (path: string, options: object, listener: () => void) => fs.StatWatcher;
  let spy: jest.SpyInstance;

  beforeAll(() => {
    const watchOften = (path: string, options: object, listener: () => void) =>
      watch(path, { ...options, interval: INTERVAL_MS }, listener);
    spy = jest.spyOn(fs, 'watchFile').mockImplementation(watchOften as typeof fs.watchFile);
  });
  afterAll(() => {
    spy.mockRestore();
  });
}
