import { SchematicsException, type DirEntry, type Tree } from '@angular-devkit/schematics';
import type { FeatureNames } from './feature-names.js';

/** The folders of a feature of this name that there are already. */
export function foldersOf(tree: Tree, { plural }: FeatureNames): string[] {
  return [`src/${plural}`, `test/${plural}`].filter((path) => !isEmpty(tree.getDir(path)));
}

/** @throws SchematicsException where another feature has a table of this name */
export function rejectTakenTable(tree: Tree, { table }: FeatureNames): void {
  tree.getDir('/src').visit((path, entry) => {
    if (path.endsWith('.entity.ts') && entry?.content.includes(`@Entity('${table}')`))
      throw new SchematicsException(
        `There is a table ${table} already, in ${path.slice(1)}: give the feature another name`,
      );
  });
}

function isEmpty({ subfiles, subdirs }: DirEntry): boolean {
  return subfiles.length + subdirs.length === 0;
}
