import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { newFolder } from './new-folder.js';

/** A folder as that of the built service: commands find it there, and what it writes is in there too. */
export function newServiceFolder(): string {
  if (!existsSync('dist/cli.js'))
    throw new Error('The service is not built: run `npm test`, or `npm run build`.');
  const folder = newFolder();
  symlinkSync(resolve('dist'), join(folder, 'dist'));
  const project = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  // What there is to start is built already.
  const scripts = { ...project.scripts, start: project.scripts['start:prod'] };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...project, scripts }));
  return folder;
}
