/**
 * The tests that need a program besides Node, or that take minutes. Each tier is a folder of `test` and a command,
 * `npm run test:<tier>`; `npm test` runs everything else. CONTRIBUTING.md lists how long they take.
 * @type {Record<string, { needs: readonly string[], sharedServers?: readonly string[], repeats?: readonly string[], variables?: Record<string, string> }>}
 */
export const tiers = {
  /** The built service and its command line, started as processes and killed. */
  processes: { needs: [] },
  /** One instance with Redis. */
  services: { needs: ['Redis'], sharedServers: ['Redis'], repeats: ['auth/budgets.*'] },
  /** The account page. */
  browser: { needs: ['Chromium'] },
  /** Clients in other languages. */
  foreign: { needs: ['Python with FastAPI and Flask'] },
  /** What the documents tell a reader to run, the package and the schematics. */
  documents: {
    needs: ['curl', 'git', 'nginx', 'Python with FastAPI and Flask', 'Python with Django', 'sqlite3'],
  },
  /** Crashes, random requests to every route, the races of `npm test` with many more rounds, and very many sessions. */
  endurance: {
    needs: [],
    repeats: ['auth/cuts.*', 'instances/revocation.*', 'tokens/{races,rotation-model}.*'],
    variables: { TEST_ROUNDS: '8', TEST_SESSIONS: '100000' },
  },
  /** One instance on PostgreSQL, and the tests of `npm test` that a store decides, on PostgreSQL and Redis. */
  postgres: {
    needs: ['PostgreSQL', 'Redis', 'ps', 'curl'],
    sharedServers: ['PostgreSQL', 'Redis'],
    repeats: [
      'audit/{chain,listing}.*',
      'auth/{budgets,cuts,password-change,registration}.*',
      'database/unit-of-work.*',
      'endurance/crashes.*',
      'instances/*',
      'mail/{delivery,password-reset,profile-change}.*',
      'platform/costs.*',
      'tokens/{denylist,races,revocation,revocation-feed,rotation,rotation-model,sessions}.*',
      'users/{administration,deletion,export,import,profile-reads}.*',
    ],
  },
  /** Several instances: each test file needs both cores, or an instance cannot follow what the others revoke. */
  cluster: {
    needs: ['PostgreSQL', 'Redis', 'nginx', 'ps', 'curl'],
    sharedServers: ['PostgreSQL', 'Redis'],
    variables: { TEST_WORKERS: '1' },
  },
};
