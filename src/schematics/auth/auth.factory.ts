import { chain, noop, type Rule, type Tree } from '@angular-devkit/schematics';
import { Application } from '../application.js';
import { formatAsProject } from '../format-as-project.js';
import { generateFiles } from '../generate-files.js';

const TEST = 'test/auth.e2e-spec.ts';
/** Keys, the database and mails lie there unless a setting says otherwise. */
const DATA = 'data/';

/** What the Nest CLI hands over of its configuration. */
interface AuthOptions {
  readonly sourceRoot?: string;
}

/** Puts the service into an application: its module, a test of signing in, and its data out of git. */
export function auth({ sourceRoot }: AuthOptions): Rule {
  return (tree, { logger }) => {
    const application = Application.find(tree, sourceRoot);
    const present = application.findInSource(tree, 'GatehouseModule');
    if (present !== undefined) {
      logger.warn(`${present} has GatehouseModule already, so nothing is changed`);
      return tree;
    }
    const { root, moduleName, moduleForTests } = application;
    return chain([
      (host) => {
        const imported = "GatehouseModule.forRoot({ path: 'auth' })";
        application.importModule(host, 'GatehouseModule', 'gatehouse', imported);
      },
      ignoreData,
      tree.exists(application.at(TEST))
        ? noop()
        : generateFiles('./files', { moduleName, moduleForTests }, { root }),
      formatAsProject(),
      () => {
        logger.info(
          'The routes of the service are under /auth. Those of the application are open until they ask for a token:\n' +
            '@UseGuards(GatehouseGuard) on a controller, or for all of them APP_GUARD, as docs/embedding.md shows.',
        );
      },
    ]);
  };
}

function ignoreData(tree: Tree): void {
  const ignored = tree.exists('.gitignore') ? tree.readText('.gitignore') : '';
  if (ignored.split('\n').some((line) => line.replace(/^\//, '') === DATA)) return;
  const text = `${ignored === '' || ignored.endsWith('\n') ? ignored : `${ignored}\n`}${DATA}\n`;
  if (tree.exists('.gitignore')) tree.overwrite('.gitignore', text);
  else tree.create('.gitignore', text);
}
