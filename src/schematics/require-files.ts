import { SchematicsException, type Tree } from '@angular-devkit/schematics';

/** @param why what begins the sentence that names them @throws SchematicsException where files are missing */
export function requireFiles(tree: Tree, paths: readonly string[], why: string): void {
  const missing = paths.filter((path) => !tree.exists(path));
  if (missing.length === 0) return;
  throw new SchematicsException(
    `${why} ${missing.join(', ')}, not found here: go to the folder of its package.json`,
  );
}
