import { SchematicsException, type Rule } from '@angular-devkit/schematics';
import type { FeatureNames } from './feature-names.js';
import { withElement, withImport, withModule, withProperty, withSortedText } from '../source-edits.js';
import { withTableRows } from './table-edits.js';

type Edit = (text: string, names: FeatureNames, time: number) => string;

/** Every file that names each feature, and how this one is named there. */
const registrations: Readonly<Record<string, Edit>> = {
  'src/app.module.ts': (text, { plural, many }) =>
    withModule(withImport(text, `${many}Module`, `./${plural}/${plural}.module.js`), `${many}Module`),
  'src/database/entities.ts': (text, { plural, singular, one }) =>
    withElement(withImport(text, one, `../${plural}/${singular}.entity.js`), 'entities', one),
  'src/database/migrations/migrations.ts': (text, { plural, many }, time) => {
    const migration = `Add${many}${String(time)}`;
    const imported = withImport(text, migration, `./${String(time)}-add-${plural}.js`);
    return withElement(imported, 'migrations', migration);
  },
  'test/architecture.spec.ts': (text, { plural }) =>
    withProperty(text, 'mayImport', `'${plural}': ['users', ...platform]`),
  'test/platform/closed-by-default.e2e-spec.ts': (text, { plural }) =>
    withSortedText(text, 'open', `GET /${plural}/limits`),
  'docs/routes.md': (text, names) => withTableRows(text, routesOf(names)),
};

function routesOf({ plural, words }: FeatureNames): string[][] {
  const token = 'an access token';
  return [
    [`\`GET /${plural}\``, token, `the caller's ${words}: \`limit\`, \`cursor\``],
    [`\`POST /${plural}\``, token, `adds to the caller's ${words}`],
    [`\`GET /${plural}/:id\``, token, `one of the caller's ${words}`],
    [`\`PATCH /${plural}/:id\``, token, `changes one of the caller's ${words}`],
    [`\`DELETE /${plural}/:id\``, token, `deletes one of the caller's ${words}`],
    [`\`GET /${plural}/all\``, 'admin', `everybody's ${words}: \`limit\`, \`cursor\``],
    [`\`GET /${plural}/limits\``, 'nothing', `how long the texts of ${words} may be`],
  ];
}

/** The files that {@link register} edits. */
export const registers = Object.keys(registrations);

/** Names the feature wherever every feature is named. */
export function register(names: FeatureNames, time: number): Rule {
  return (tree) => {
    for (const [path, edit] of Object.entries(registrations))
      tree.overwrite(
        path,
        editOf(path, () => edit(tree.readText(path), names, time)),
      );
  };
}

function editOf(path: string, edit: () => string): string {
  try {
    return edit();
  } catch (cause) {
    if (!(cause instanceof SchematicsException)) throw cause;
    throw new SchematicsException(`In ${path}, ${cause.message}`);
  }
}
