import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian keeps the programs of a server, a folder a version. */
const USUAL_PLACES = ['/usr/lib/postgresql'];
const NEEDED = ['initdb', 'postgres'];

/** The folder of the installed PostgreSQL's programs. @throws Error that says how to install them */
export function findPostgresBinaries(path = process.env['PATH'] ?? '', places = USUAL_PLACES): string {
  const folders = [...path.split(delimiter), ...places.flatMap(foldersOfVersions)];
  const found = folders.find((folder) => NEEDED.every((program) => existsSync(join(folder, program))));
  if (found !== undefined) return found;
  throw new Error('No PostgreSQL server is installed: apt-get install postgresql redis-server');
}

function foldersOfVersions(place: string): string[] {
  if (!existsSync(place)) return [];
  const versions = readdirSync(place).sort((one, other) => other.localeCompare(one, 'en', { numeric: true }));
  return versions.map((version) => join(place, version, 'bin'));
}
