import {
  apply,
  applyTemplates,
  chain,
  mergeWith,
  noop,
  url,
  type Rule,
  type Tree,
} from '@angular-devkit/schematics';
import { formatAsProject } from '../format-as-project.js';
import { importSuffix } from '../import-suffix.js';
import { requireFiles } from '../require-files.js';
import { withImport, withModule } from '../source-edits.js';

const APP_MODULE = 'src/app.module.ts';
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
    const suffix = importSuffix(tree.readText(APP_MODULE));
    return chain([
      importModule,
      ignoreData,
      tree.exists(TEST) ? noop() : mergeWith(apply(url('./files'), [applyTemplates({ suffix })])),
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

function importModule(tree: Tree): void {
  const imported = withImport(tree.readText(APP_MODULE), 'GatehouseModule', 'gatehouse');
  tree.overwrite(APP_MODULE, withModule(imported, "GatehouseModule.forRoot({ path: 'auth' })"));
}

function ignoreData(tree: Tree): void {
  const ignored = tree.exists('.gitignore') ? tree.readText('.gitignore') : '';
  if (ignored.split('\n').some((line) => line.replace(/^\//, '') === DATA)) return;
  const text = `${ignored === '' || ignored.endsWith('\n') ? ignored : `${ignored}\n`}${DATA}\n`;
  if (tree.exists('.gitignore')) tree.overwrite('.gitignore', text);
  else tree.create('.gitignore', text);
}
