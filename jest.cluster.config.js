import { shared } from './jest.config.js';

/** The tests that need PostgreSQL and Redis. */
export default {
  workerIdleMemoryLimit: '700MB',
  testTimeout: 30_000,
  projects: [{ ...shared, displayName: 'cluster', testMatch: ['<rootDir>/test/cluster/**/*.e2e-spec.ts'] }],
};
