import { SchematicsException, chain, type Rule } from '@angular-devkit/schematics';
import { formatAsProject } from '../format-as-project.js';
import { featureNames } from './feature-names.js';
import { inApplication, isApplication } from './in-application.js';
import { inGatehouse } from './in-gatehouse.js';
import { foldersOf, rejectTakenTable } from './requirements.js';

/** What the Nest CLI hands over of its command line. */
export interface ProtectedResourceOptions {
  readonly name?: unknown;
  /** Where the Nest CLI would put it. */
  readonly path?: string;
  /** Whether a test is generated. */
  readonly spec?: boolean;
}

/** Generates a feature whose rows belong to the users: of the service, or of an application that has it in it. */
export function protectedResource({ name, path, spec = true }: ProtectedResourceOptions): Rule {
  if (path !== undefined) throw new SchematicsException(`A feature is a folder of src: leave out ${path}`);
  const names = featureNames(name);
  return (tree, { logger }) => {
    const present = foldersOf(tree, names);
    if (present.length > 0) {
      logger.warn(
        `There is ${present.join(' and ')} already, so nothing is changed: give another name for another feature`,
      );
      return tree;
    }
    rejectTakenTable(tree, names);
    const generate = isApplication(tree) ? inApplication(names, spec) : inGatehouse(names, spec);
    return chain([generate, formatAsProject()]);
  };
}
