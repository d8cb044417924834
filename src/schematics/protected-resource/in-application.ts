import { SchematicsException, chain, noop, type Rule, type Tree } from '@angular-devkit/schematics';
import type { Application } from '../application.js';
import { generateFiles } from '../generate-files.js';
import { withElement, withImport } from '../source-edits.js';
import { addDependencies } from './add-dependencies.js';
import { nameInController, type FeatureNames } from './feature-names.js';
import { migrationTime } from './migration-time.js';

const MIGRATIONS = 'src/migrations/migrations.ts';
const packages = ['@nestjs/typeorm', 'class-transformer', 'class-validator', 'sqlite3', 'typeorm'];

/**
 * Generates a feature of an application that has the service in it, with a database where there is none yet.
 * @throws SchematicsException where it does not have it yet
 */
export function inApplication(application: Application, names: FeatureNames, spec: boolean): Rule {
  return (tree) => {
    if (application.findInSource(tree, 'GatehouseModule.forRoot') === undefined)
      throw new SchematicsException(
        'No module here has GatehouseModule: first give the command nest generate -c gatehouse auth',
      );
    const time = String(migrationTime(tree, application.at('src/migrations')));
    const { root, suffix, moduleName, moduleForTests } = application;
    const database = application.name || 'application';
    const own = nameInController(names);
    const values = { ...names, own, time, suffix, moduleName, moduleForTests, database };
    return chain([
      hasDatabase(application, tree) ? noop() : addDatabase(application, values),
      generateFiles('./in-application', values, { root, spec }),
      register(application, values),
      addDependencies(packages),
    ]);
  };
}

function hasDatabase(application: Application, tree: Tree): boolean {
  const module = application.findInSource(tree, 'TypeOrmModule.forRoot');
  return module !== undefined || tree.exists(application.at(MIGRATIONS));
}

function addDatabase(application: Application, values: object): Rule {
  return chain([
    generateFiles('./database-of-application', values, { root: application.root }),
    (tree) => {
      application.importOwn(tree, 'DatabaseModule', 'src/database.module');
    },
  ]);
}

function register(
  application: Application,
  { plural, one, many, time }: FeatureNames & { time: string },
): Rule {
  return (tree, { logger }) => {
    application.importOwn(tree, `${many}Module`, `src/${plural}/${plural}.module`);
    const migration = `Add${many}${time}`;
    const migrations = application.at(MIGRATIONS);
    if (!tree.exists(migrations)) {
      logger.warn(
        `Name the migration ${migration} where the migrations of the application are named,\n` +
          `and ${one} among its entities, unless it has autoLoadEntities.`,
      );
      return;
    }
    const from = `./${time}-add-${plural}${application.suffix}`;
    const imported = withImport(tree.readText(migrations), migration, from);
    tree.overwrite(migrations, withElement(imported, 'migrations', migration));
  };
}
