import { existsSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const MIN_FREE_BYTES = 2 ** 30;

/** Linux keeps files there in memory: the tests wait for thousands of commits, and none of them pulls the power plug. */
const parent = hasRoom(MEMORY) ? MEMORY : tmpdir();

/** Makes an empty folder for the data of a test, which the test removes. */
export function newFolder(purpose = 'gatehouse-'): string {
  return mkdtempSync(join(parent, purpose));
}

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= MIN_FREE_BYTES;
}
