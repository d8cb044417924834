import type { Rule, Tree } from '@angular-devkit/schematics';
import { resolve } from 'node:path';

/** Formats all that was written as the project does. Where there is no prettier, it stays as it is. */
export function formatAsProject(): Rule {
  return async (tree) => {
    const prettier = await import('prettier').catch(() => undefined);
    if (!prettier) return;
    for (const path of writtenIn(tree)) {
      const filepath = resolve(path.slice(1));
      if ((await prettier.getFileInfo(filepath)).inferredParser === null) continue;
      const options = await prettier.resolveConfig(filepath, { editorconfig: true });
      tree.overwrite(path, await prettier.format(tree.readText(path), { ...options, filepath }));
    }
  };
}

function writtenIn(tree: Tree): Set<string> {
  return new Set(tree.actions.map(({ path }) => path));
}
