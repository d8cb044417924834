import type { Rule } from '@angular-devkit/schematics';
import { NodePackageInstallTask } from '@angular-devkit/schematics/tasks/index.js';
import { readFileSync } from 'node:fs';

interface Manifest {
  dependencies?: Record<string, string>;
}

const ours = new URL('../../../package.json', import.meta.url);

/** Installs packages for the project, in the versions that the service has, but for those that it has already. */
export function addDependencies(names: readonly string[]): Rule {
  return (tree, context) => {
    const manifest = tree.readJson('package.json') as unknown as Manifest;
    const known = manifest.dependencies ?? {};
    const { dependencies = {} } = JSON.parse(readFileSync(ours, 'utf8')) as Manifest;
    const missing = names.filter((name) => !(name in known));
    if (missing.length === 0) return;
    const added = missing.map((name) => [name, dependencies[name] ?? '*'] as const);
    manifest.dependencies = Object.fromEntries(
      [...Object.entries(known), ...added].sort(([one], [other]) => one.localeCompare(other)),
    );
    tree.overwrite('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
    context.addTask(new NodePackageInstallTask());
  };
}
