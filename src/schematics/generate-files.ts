import { apply, applyTemplates, filter, mergeWith, noop, url, type Rule } from '@angular-devkit/schematics';

/** Writes the templates of a folder. @param spec whether the tests among them too */
export function generateFiles(folder: string, values: object, spec = true): Rule {
  const wanted = spec ? noop() : filter((path) => !path.startsWith('/test/'));
  return mergeWith(apply(url(folder), [wanted, applyTemplates({ ...values })]));
}
