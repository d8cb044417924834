import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Variables } from './child-process.js';

interface Manifest {
  readonly version: string;
  readonly binary: { readonly napi_versions: readonly number[] };
}

const BINDING = 'build/Release/node_sqlite3.node';

/**
 * Puts the binding of the installed sqlite3 into a folder as prebuilt binaries. Returns the variables that let npm install
 * it from there, because compiling it again takes two minutes where its binary cannot be fetched.
 */
export function offerSqlite3Prebuilt(folder: string): Variables {
  const require = createRequire(join(process.cwd(), 'package.json'));
  const manifest = require.resolve('sqlite3/package.json');
  const { version, binary } = require(manifest) as Manifest;
  for (const napi of binary.napi_versions) {
    const name = `sqlite3-v${version}-napi-v${String(napi)}-${process.platform}-${process.arch}.tar.gz`;
    execFileSync('tar', ['-czf', join(folder, name), '-C', dirname(manifest), BINDING]);
  }
  return { npm_config_sqlite3_local_prebuilds: folder };
}
