import type { FactoryProvider } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { BreachFile } from './breach-file.js';
import { BreachRangeApi } from './breach-range-api.js';
import { BreachedPasswords, NoBreachedPasswords } from './breached-passwords.js';

/** The list that `BREACHED_PASSWORDS` names. */
export const breachedPasswordsProvider: FactoryProvider<BreachedPasswords> = {
  provide: BreachedPasswords,
  inject: [Settings],
  useFactory: ({ breachedPasswords: list }: Settings) => {
    if (!list) return new NoBreachedPasswords();
    return list.kind === 'file' ? new BreachFile(list.path) : new BreachRangeApi(list.url);
  },
};
