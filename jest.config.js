import { tiers } from './test/tiers/tiers.mjs';

// Native ESM in jest needs Node 24.9; until that is the oldest Node supported, swc compiles to CommonJS, the ESM-only
// packages included.
const esmOnly = [
  '@fastify/cookie',
  '@nestjs',
  'content-disposition',
  'cookie',
  'jose',
  'magic-string',
  'oauth4webapi',
  'openid-client',
  'p-limit',
  'yocto-queue',
];

const transform = {
  '^.+\\.m?[tj]s$': [
    '@swc/jest',
    {
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        target: 'es2023',
        keepClassNames: true,
      },
      module: { type: 'commonjs', ignoreDynamic: false },
      sourceMaps: 'inline',
    },
  ],
};

/** What all projects have in common. */
export const project = {
  testEnvironment: 'node',
  transform,
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
};

/** What all runs have in common. */
export const common = {
  // Jest leaves one core idle by default. A tier whose tests start several services at once takes one worker.
  maxWorkers: process.env.TEST_WORKERS ?? '100%',
  // A worker gets slower as its heap grows, so it is replaced.
  workerIdleMemoryLimit: '700MB',
  // Long enough for a slow, busy machine; it only ends tests that hang.
  testTimeout: 120_000,
  // With `--coverage`; the report by line is in coverage/index.html. Counting by V8 takes three times as much longer.
  coverageReporters: ['text-summary', 'html'],
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.spec.ts'],
};

/** `npm test`: needs nothing but Node. */
export default {
  ...common,
  projects: [
    {
      ...project,
      displayName: 'unit',
      testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
    },
    {
      ...project,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'],
      testPathIgnorePatterns: Object.keys(tiers).map((tier) => `<rootDir>/test/${tier}/`),
    },
  ],
};
