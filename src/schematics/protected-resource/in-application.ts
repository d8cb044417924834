import { chain, noop, type Rule, type Tree } from '@angular-devkit/schematics';
import { generateFiles } from '../generate-files.js';
import { APP_MODULE, importInto } from '../import-into.js';
import { importSuffix } from '../import-suffix.js';
import { withElement, withImport } from '../source-edits.js';
import { addDependencies } from './add-dependencies.js';
import { nameInController, type FeatureNames } from './feature-names.js';
import { migrationTime } from './migration-time.js';

const MIGRATIONS = 'src/migrations/migrations.ts';
const packages = ['@nestjs/typeorm', 'class-transformer', 'class-validator', 'sqlite3', 'typeorm'];

interface Values extends FeatureNames {
  readonly time: string;
  readonly suffix: string;
}

/** Whether this is an application that has the service in it. */
export function isApplication(tree: Tree): boolean {
  return tree.exists(APP_MODULE) && tree.readText(APP_MODULE).includes("from 'gatehouse'");
}

/** Generates a feature of an application that has the service in it, with a database where there is none yet. */
export function inApplication(names: FeatureNames, spec: boolean): Rule {
  return (tree) => {
    const appModule = tree.readText(APP_MODULE);
    const time = String(migrationTime(tree, '/src/migrations'));
    const own = nameInController(names);
    const values = { ...names, own, time, suffix: importSuffix(appModule) };
    const hasDatabase = appModule.includes('TypeOrmModule') || tree.exists(MIGRATIONS);
    return chain([
      hasDatabase ? noop() : addDatabase(values),
      generateFiles('./in-application', values, spec),
      register(values),
      addDependencies(packages),
    ]);
  };
}

function addDatabase(values: Values): Rule {
  return chain([
    generateFiles('./database-of-application', values),
    (tree) => {
      importInto(tree, 'DatabaseModule', `./database.module${values.suffix}`);
    },
  ]);
}

function register({ plural, many, time, suffix }: Values): Rule {
  return (tree, { logger }) => {
    importInto(tree, `${many}Module`, `./${plural}/${plural}.module${suffix}`);
    const migration = `Add${many}${time}`;
    if (!tree.exists(MIGRATIONS)) {
      logger.warn(`Name the migration ${migration} where the migrations of the application are named`);
      return;
    }
    const imported = withImport(tree.readText(MIGRATIONS), migration, `./${time}-add-${plural}${suffix}`);
    tree.overwrite(MIGRATIONS, withElement(imported, 'migrations', migration));
  };
}
