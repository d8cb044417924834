import { fileSetting } from '../config/setting-files.js';
import { SettingsError } from '../config/settings-error.js';
import { givenVariables, readSettings, type Settings, type Variables } from '../config/settings.js';

/** The environment may be about the application, which has a `DATABASE_URL` or `JWT_SECRET` of its own. */
const REMEDY =
  "Correct them in the options of GatehouseModule: its settings go before the environment and .env, '' for none.";

/**
 * The settings within an application: its own go before those of the environment and `.env`, of which what is about a
 * server is the application's.
 * @throws SettingsError naming every setting that is wrong.
 */
export function settingsWithin({ path, ...own }: Variables, variables?: Variables, file?: string): Settings {
  const given = givenVariables(variables, file);
  // Links in mails may begin with a port, where it is one.
  const PORT = /^\d+$/.test(given.PORT ?? '') ? given.PORT : '';
  try {
    return readSettings({
      ...given,
      ...notFromFiles(own),
      PORT,
      HOST: '',
      SHUTDOWN_DELAY: '',
      ...own,
      API_PREFIX: path,
    });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const faults = error.faults.map(({ name, rule }) => ({
      name: name === 'API_PREFIX' ? 'path' : name,
      rule,
    }));
    throw new SettingsError(faults, REMEDY);
  }
}

/** What is given in the options goes before a file that the environment names. */
function notFromFiles(own: Variables): Variables {
  return Object.fromEntries(Object.keys(own).map((name) => [fileSetting(name), '']));
}
