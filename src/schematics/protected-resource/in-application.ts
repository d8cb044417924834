import { SchematicsException, chain, noop, type Rule, type Tree } from '@angular-devkit/schematics';
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

/** Whether this is an application that has the package, rather than the service itself. */
export function isApplication(tree: Tree): boolean {
  if (!tree.exists(APP_MODULE)) return false;
  const { dependencies = {} } = tree.readJson('package.json') as { dependencies?: object };
  return 'gatehouse' in dependencies;
}

/**
 * Generates a feature of an application that has the service in it, with a database where there is none yet.
 * @throws SchematicsException where it does not have it yet
 */
export function inApplication(names: FeatureNames, spec: boolean): Rule {
  return (tree) => {
    if (!isInSource(tree, 'GatehouseModule.forRoot'))
      throw new SchematicsException(
        'No module here has GatehouseModule: first give the command nest generate -c gatehouse auth',
      );
    const time = String(migrationTime(tree, '/src/migrations'));
    const own = nameInController(names);
    const values = { ...names, own, time, suffix: importSuffix(tree, APP_MODULE) };
    const hasDatabase = isInSource(tree, 'TypeOrmModule.forRoot') || tree.exists(MIGRATIONS);
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

/** Applications keep such modules in files of any name. */
function isInSource(tree: Tree, text: string): boolean {
  let isFound = false;
  tree.getDir('/src').visit((path, entry) => {
    isFound ||= path.endsWith('.ts') && entry?.content.includes(text) === true;
  });
  return isFound;
}

function register({ plural, one, many, time, suffix }: Values): Rule {
  return (tree, { logger }) => {
    importInto(tree, `${many}Module`, `./${plural}/${plural}.module${suffix}`);
    const migration = `Add${many}${time}`;
    if (!tree.exists(MIGRATIONS)) {
      logger.warn(
        `Name the migration ${migration} where the migrations of the application are named,\n` +
          `and ${one} among its entities, unless it has autoLoadEntities.`,
      );
      return;
    }
    const imported = withImport(tree.readText(MIGRATIONS), migration, `./${time}-add-${plural}${suffix}`);
    tree.overwrite(MIGRATIONS, withElement(imported, 'migrations', migration));
  };
}
