import { SchematicsException, type DirEntry, type Tree } from '@angular-devkit/schematics';
import { posix } from 'node:path';
import type { FeatureNames } from './feature-names.js';

/** The folders of a feature of this name that there are already. */
export function foldersOf(tree: Tree, root: string, { plural }: FeatureNames): string[] {
  return ['src', 'test']
    .map((folder) => posix.join(root, folder, plural))
    .filter((path) => !isEmpty(tree.getDir(path)));
}

/** @throws SchematicsException where another feature has a table of this name */
export function rejectTakenTable(tree: Tree, root: string, { table }: FeatureNames): void {
  tree.getDir(posix.join(root, 'src')).visit((path, entry) => {
    if (path.endsWith('.entity.ts') && entry?.content.includes(`@Entity('${table}')`))
      throw new SchematicsException(
        `There is a table ${table} already, in ${path.slice(1)}: give the feature another name`,
      );
  });
}

function isEmpty({ subfiles, subdirs }: DirEntry): boolean {
  return subfiles.length + subdirs.length === 0;
}
