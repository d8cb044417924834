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

export const shared = {
  testEnvironment: 'node',
  transform,
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  moduleFileExtensions: ['ts', 'js', 'json', 'node'],
};

export default {
  // One process for all files grows until it is several times slower: a worker is replaced when it has grown.
  workerIdleMemoryLimit: '700MB',
  // Against what hangs: how long a test takes on a slow machine is no fault of what it tests.
  testTimeout: 120_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'],
      // These need PostgreSQL and Redis: `npm run test:cluster`.
      testPathIgnorePatterns: ['<rootDir>/test/cluster/'],
    },
  ],
};
