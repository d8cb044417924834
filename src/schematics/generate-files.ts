import {
  apply,
  applyTemplates,
  filter,
  mergeWith,
  move,
  noop,
  url,
  type Rule,
} from '@angular-devkit/schematics';

interface Place {
  /** Where its `src` and `test` are put. */
  readonly root?: string;
  /** Whether the tests are written too. */
  readonly spec?: boolean;
}

/** Writes the templates of a folder. */
export function generateFiles(folder: string, values: object, { root = '', spec = true }: Place = {}): Rule {
  const wanted = spec ? noop() : filter((path) => !path.startsWith('/test/'));
  return mergeWith(apply(url(folder), [wanted, applyTemplates({ ...values }), move(root)]));
}
