import {
  apply,
  applyTemplates,
  chain,
  filter,
  mergeWith,
  noop,
  url,
  type Rule,
} from '@angular-devkit/schematics';
import { requireFiles } from '../require-files.js';
import type { FeatureNames } from './feature-names.js';
import { migrationTime } from './migration-time.js';
import { register, registers } from './registrations-in-gatehouse.js';

/** Generates a feature of the service, and names it wherever every feature is named. */
export function inGatehouse(names: FeatureNames, spec: boolean): Rule {
  return (tree) => {
    requireFiles(tree, registers, 'A feature of Gatehouse is named in');
    const time = migrationTime(tree, '/src/database/migrations');
    return chain([generate(names, time, spec), register(names, time)]);
  };
}

function generate(names: FeatureNames, time: number, spec: boolean): Rule {
  return mergeWith(
    apply(url('./in-gatehouse'), [
      spec ? noop() : filter((path) => !path.startsWith('/test/')),
      applyTemplates({ ...names, time: String(time) }),
    ]),
  );
}
