import type { Tree } from '@angular-devkit/schematics';
import { SystemClock } from '../../time/clock.js';

/** When a new migration is from: now, and after all that there are, as they are undone by it, the last first. */
export function migrationTime(tree: Tree, folder: string): number {
  const times = tree.getDir(folder).subfiles.map((file) => Number(/^\d+/.exec(file)?.[0] ?? 0));
  return Math.max(new SystemClock().now().getTime(), ...times.map((time) => time + 1));
}
