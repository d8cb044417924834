import base, { shared } from './jest.config.js';

/** Tests that no store has a part in. They run with `npm test` alone. */
const aboutNoStore = {
  'account-page/': 'pages in Chromium, and the files they are made of',
  'clients/': 'libraries of other languages, which see the wire alone',
  'embedding/package': 'the package, as npm and the compiler see it',
  'hostile/': 'tokens that are refused before anything is looked up',
  'platform/other-writers': 'other processes that lock the file of SQLite',
  'schematics/': 'features that are generated, which bring tests of their own',
  'walkthroughs/': 'documents for people, followed word by word',
};

const withStores = {
  ...shared,
  globalSetup: '<rootDir>/test/support/start-stores-for-all.js',
  globalTeardown: '<rootDir>/test/support/stop-stores-for-all.js',
};

/** `npm run test:cluster`: several instances, and the tests of one instance again, on PostgreSQL and Redis. */
export default {
  ...base,
  projects: [
    { ...withStores, displayName: 'cluster', testMatch: ['<rootDir>/test/cluster/**/*.e2e-spec.ts'] },
    {
      ...withStores,
      displayName: 'on PostgreSQL',
      testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'],
      testPathIgnorePatterns: ['cluster/', ...Object.keys(aboutNoStore)].map(
        (folder) => `<rootDir>/test/${folder}`,
      ),
    },
  ],
};
