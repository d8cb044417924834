import {
  apply,
  applyTemplates,
  chain,
  filter,
  mergeWith,
  noop,
  url,
  type Rule,
  type Tree,
} from '@angular-devkit/schematics';
import { importSuffix } from '../import-suffix.js';
import { withElement, withImport, withModule } from '../source-edits.js';
import { addDependencies } from './add-dependencies.js';
import type { FeatureNames } from './feature-names.js';
import { migrationTime } from './migration-time.js';

const APP_MODULE = 'src/app.module.ts';
const MIGRATIONS = 'src/migrations/migrations.ts';
const packages = ['@nestjs/typeorm', 'class-transformer', 'class-validator', 'sqlite3', 'typeorm'];

/** Whether this is an application that has the service in it. */
export function isApplication(tree: Tree): boolean {
  return tree.exists(APP_MODULE) && tree.readText(APP_MODULE).includes("from 'gatehouse'");
}

/** Generates a feature of an application that has the service in it, with a database where there is none yet. */
export function inApplication(names: FeatureNames, spec: boolean): Rule {
  return (tree) => {
    const time = migrationTime(tree, '/src/migrations');
    const values = { ...names, time: String(time), suffix: importSuffix(tree.readText(APP_MODULE)) };
    return chain([
      tree.readText(APP_MODULE).includes('TypeOrmModule') || tree.exists(MIGRATIONS)
        ? noop()
        : chain([generate('./database-of-application', values), importDatabase]),
      generate('./in-application', values, spec),
      register(names, time),
      addDependencies(packages),
    ]);
  };
}

function generate(from: string, values: { readonly suffix: string }, spec = true): Rule {
  return mergeWith(
    apply(url(from), [
      spec ? noop() : filter((path) => !path.startsWith('/test/')),
      applyTemplates({ ...values }),
    ]),
  );
}

function importDatabase(tree: Tree): void {
  importInto(tree, 'DatabaseModule', './database.module');
}

function register({ plural, many }: FeatureNames, time: number): Rule {
  return (tree, { logger }) => {
    importInto(tree, `${many}Module`, `./${plural}/${plural}.module`);
    const migration = `Add${many}${String(time)}`;
    if (!tree.exists(MIGRATIONS)) {
      logger.warn(`Name the migration ${migration} where the migrations of the application are named`);
      return;
    }
    const text = tree.readText(MIGRATIONS);
    const suffix = importSuffix(tree.readText(APP_MODULE));
    const imported = withImport(text, migration, `./${String(time)}-add-${plural}${suffix}`);
    tree.overwrite(MIGRATIONS, withElement(imported, 'migrations', migration));
  };
}

function importInto(tree: Tree, module: string, path: string): void {
  const text = tree.readText(APP_MODULE);
  tree.overwrite(APP_MODULE, withModule(withImport(text, module, `${path}${importSuffix(text)}`), module));
}
