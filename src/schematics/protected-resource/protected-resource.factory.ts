import {
  SchematicsException,
  apply,
  applyTemplates,
  chain,
  filter,
  mergeWith,
  noop,
  url,
  type Rule,
} from '@angular-devkit/schematics';
import { featureNames, type FeatureNames } from './feature-names.js';
import { formatAsProject } from '../format-as-project.js';
import { requireFiles } from '../require-files.js';
import { migrationTime } from './migration-time.js';
import { register, registers } from './registrations.js';
import { foldersOf, rejectTakenTable } from './requirements.js';

/** What the Nest CLI hands over of its command line. */
export interface ProtectedResourceOptions {
  readonly name?: unknown;
  /** Where the Nest CLI would put it. */
  readonly path?: string;
  /** Whether a test is generated. */
  readonly spec?: boolean;
}

/** Generates a feature whose rows belong to the users, and names it wherever every feature is named. */
export function protectedResource({ name, path, spec = true }: ProtectedResourceOptions): Rule {
  if (path !== undefined) throw new SchematicsException(`A feature is a folder of src: leave out ${path}`);
  const names = featureNames(name);
  return (tree, { logger }) => {
    requireFiles(tree, registers, 'A feature of Gatehouse is named in');
    const present = foldersOf(tree, names);
    if (present.length > 0) {
      logger.warn(
        `There is ${present.join(' and ')} already, so nothing is changed: give another name for another feature`,
      );
      return tree;
    }
    rejectTakenTable(tree, names);
    const time = migrationTime(tree, '/src/database/migrations');
    return chain([generate(names, time, spec), register(names, time), formatAsProject()]);
  };
}

function generate(names: FeatureNames, time: number, spec: boolean): Rule {
  return mergeWith(
    apply(url('./files'), [
      spec ? noop() : filter((path) => !path.startsWith('/test/')),
      applyTemplates({ ...names, time: String(time) }),
    ]),
  );
}
