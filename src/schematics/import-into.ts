import type { Tree } from '@angular-devkit/schematics';
import { withImport, withModule } from './source-edits.js';

/** Where an application names its modules. */
export const APP_MODULE = 'src/app.module.ts';

/** Imports a module into that of the application. @param imported how it stands there, its name unless it is told */
export function importInto(tree: Tree, module: string, from: string, imported = module): void {
  const text = tree.readText(APP_MODULE);
  tree.overwrite(APP_MODULE, withModule(withImport(text, module, from), imported));
}
