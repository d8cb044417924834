import type { Tree } from '@angular-devkit/schematics';

/**
 * What relative imports end with in a project: `.js` where its modules are those of ECMAScript, as one of its files shows,
 * or its package.json where that imports no other.
 */
export function importSuffix(tree: Tree, path: string): string {
  const [, imported] = /from ['"](\.[^'"]*)['"]/.exec(tree.readText(path)) ?? [];
  const isModule = imported?.endsWith('.js') ?? /"type":\s*"module"/.test(tree.readText('package.json'));
  return isModule ? '.js' : '';
}
