import { SchematicsException, chain, type Rule, type Tree } from '@angular-devkit/schematics';
import { Application } from '../application.js';
import { formatAsProject } from '../format-as-project.js';
import { featureNames } from './feature-names.js';
import { inApplication } from './in-application.js';
import { inGatehouse } from './in-gatehouse.js';
import { foldersOf, rejectTakenTable } from './requirements.js';

/** What the Nest CLI hands over of its command line. */
export interface ProtectedResourceOptions {
  readonly name?: unknown;
  /** Where the Nest CLI would put it. */
  readonly path?: string;
  /** Where the sources of the project are, by its configuration. */
  readonly sourceRoot?: string;
  /** Whether a test is generated. */
  readonly spec?: boolean;
}

/** Generates a feature whose rows belong to the users: of the service, or of an application that has it in it. */
export function protectedResource(options: ProtectedResourceOptions): Rule {
  const { name, path, sourceRoot, spec = true } = options;
  if (path !== undefined) throw new SchematicsException(`A feature is a folder of src: leave out ${path}`);
  const names = featureNames(name);
  return (tree, { logger }) => {
    const application = hasPackage(tree) ? Application.find(tree, sourceRoot) : undefined;
    const root = application?.root ?? '';
    const present = foldersOf(tree, root, names);
    if (present.length > 0) {
      logger.warn(
        `There is ${present.join(' and ')} already, so nothing is changed: give another name for another feature`,
      );
      return tree;
    }
    rejectTakenTable(tree, root, names);
    const generate = application ? inApplication(application, names, spec) : inGatehouse(names, spec);
    return chain([generate, formatAsProject()]);
  };
}

/** Whether this is a project that has the package, rather than the service itself. */
function hasPackage(tree: Tree): boolean {
  if (!tree.exists('package.json')) return false;
  const { dependencies = {} } = tree.readJson('package.json') as { dependencies?: object };
  return 'gatehouse' in dependencies;
}
