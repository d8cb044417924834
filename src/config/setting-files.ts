import { readFileSync } from 'node:fs';
import type { SettingFault } from './settings-error.js';

type Variables = Readonly<Record<string, string | undefined>>;

interface WithFiles {
  readonly variables: Variables;
  readonly faults: readonly SettingFault[];
}

/**
 * Puts in the settings that are given as `<NAME>_FILE`, which names a file with the value, as container platforms mount
 * secrets. A line break at its end is none of the value.
 */
export function readSettingFiles(variables: Variables, names: readonly string[]): WithFiles {
  const read: Record<string, string> = {};
  const faults: SettingFault[] = [];
  for (const name of names) {
    const path = variables[fileSetting(name)];
    if (isUnset(path)) continue;
    if (isUnset(variables[name])) {
      const value = readValue(path);
      if (typeof value === 'string') read[name] = value;
      else
        faults.push({ name: fileSetting(name), rule: `must name a file that can be read (${value.code})` });
    } else {
      faults.push({ name: fileSetting(name), rule: `cannot be set beside ${name}: leave one of them out` });
    }
  }
  return { variables: { ...variables, ...read }, faults };
}

/** What a setting is called that names a file with the value. */
export function fileSetting(name: string): string {
  return `${name}_FILE`;
}

function isUnset(value: string | undefined): value is undefined | '' {
  return value === undefined || value.trim() === '';
}

function readValue(path: string): string | { readonly code: string } {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code ?? 'unreadable' };
  }
}
