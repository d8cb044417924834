import { common, project } from './jest.config.js';
import { tiers } from './test/tiers/tiers.mjs';

const withSharedServers = {
  globalSetup: '<rootDir>/test/tiers/start-shared-servers.js',
  globalTeardown: '<rootDir>/test/tiers/stop-shared-servers.js',
};

/** `npm run test:<tier>`: one project for each tier, with the folder of its name and the files that it repeats. */
export default {
  ...common,
  projects: Object.entries(tiers).map(([name, { repeats = [], sharedServers }]) => ({
    ...project,
    ...(sharedServers && withSharedServers),
    displayName: name,
    testMatch: [`${name}/**/*.e2e-spec.ts`, ...repeats].map((path) => `<rootDir>/test/${path}`),
  })),
};
