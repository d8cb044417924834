import { chain, type Rule } from '@angular-devkit/schematics';
import { generateFiles } from '../generate-files.js';
import { requireFiles } from '../require-files.js';
import type { FeatureNames } from './feature-names.js';
import { migrationTime } from './migration-time.js';
import { register, registers } from './registrations-in-gatehouse.js';

/** Generates a feature of the service, and names it wherever every feature is named. */
export function inGatehouse(names: FeatureNames, spec: boolean): Rule {
  return (tree) => {
    requireFiles(tree, registers, 'A feature of Gatehouse is named in');
    const time = migrationTime(tree, '/src/database/migrations');
    const values = { ...names, time: String(time) };
    return chain([generateFiles('./in-gatehouse', values, { spec }), register(names, time)]);
  };
}
