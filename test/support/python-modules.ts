import { readFileSync } from 'node:fs';
import { finish, startProcess } from './child-process.js';

/**
 * No test that runs Python is left out where its packages are missing.
 * @param list the file that has the names of Debian's packages
 * @throws Error that says how to install them
 */
export async function requirePythonModules(modules: readonly string[], list: string): Promise<void> {
  const importing = startProcess('/usr/bin/python3', ['-c', `import ${modules.join()}`], '.', {});
  const { code, stderr } = await finish(importing).catch((error: unknown) => ({
    code: undefined,
    stderr: String(error),
  }));
  if (code === 0) return;
  const packages = readFileSync(list, 'utf8').trim().split('\n').join(' ');
  throw new Error(
    `${stderr}\nInstall what the tests need: sudo apt-get install -y --no-install-recommends ${packages}`,
  );
}
