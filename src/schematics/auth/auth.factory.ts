import { chain, noop, type Rule, type Tree } from '@angular-devkit/schematics';
import { formatAsProject } from '../format-as-project.js';
import { generateFiles } from '../generate-files.js';
import { APP_MODULE, importInto } from '../import-into.js';
import { importSuffix } from '../import-suffix.js';
import { requireFiles } from '../require-files.js';

const TEST = 'test/auth.e2e-spec.ts';
/** Keys, the database and mails lie there unless a setting says otherwise. */
const DATA = 'data/';

/** Puts the service into an application: its module, a test of signing in, and its data out of git. */
export function auth(): Rule {
  return (tree, { logger }) => {
    requireFiles(tree, [APP_MODULE], 'An application needs');
    if (tree.readText(APP_MODULE).includes('GatehouseModule')) {
      logger.warn(`${APP_MODULE} has GatehouseModule already, so nothing is changed`);
      return tree;
    }
    const suffix = importSuffix(tree, APP_MODULE);
    return chain([
      (host) => {
        importInto(host, 'GatehouseModule', 'gatehouse', "GatehouseModule.forRoot({ path: 'auth' })");
      },
      ignoreData,
      tree.exists(TEST) ? noop() : generateFiles('./files', { suffix }),
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
