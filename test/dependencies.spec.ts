import { readDocument } from './support/documents.js';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: true;
  readonly dev?: true;
  readonly hasInstallScript?: true;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

/** The packages that bring a script to run at installation, and why they may be there. Nothing else may. */
const withInstallScript: Record<string, { run: boolean; why: string }> = {
  sqlite3: { run: true, why: 'fetches or compiles the SQLite binding, without which nothing works' },
  lefthook: {
    run: true,
    why: 'installs the git hook in a clone; does nothing in CI or without a .git folder',
  },
  '@scarf/scarf': { run: false, why: 'reports installations for swagger-ui-dist: never run' },
  '@swc/core': {
    run: false,
    why: 'checks its binary, which is a package of its own: the tests work without',
  },
  '@parcel/watcher': {
    run: false,
    why: 'compiles what its binary package has: only for swc’s own watch mode',
  },
};

describe('the dependencies', () => {
  const { packages } = JSON.parse(readDocument('package-lock.json')) as {
    packages: Record<string, LockedPackage>;
  };
  const { allowScripts } = JSON.parse(readDocument('package.json')) as {
    allowScripts: Record<string, boolean>;
  };
  const installed = Object.entries(packages).filter(([path]) => path !== '');
  const nameOf = (path: string) => path.split('node_modules/').at(-1)!;

  it('run no script at installation but those on the list', () => {
    const names = installed
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => nameOf(path));
    expect([...new Set(names)].sort()).toEqual(Object.keys(withInstallScript).sort());
  });

  it('are let run them by package.json as the list says', () => {
    const due = Object.entries(withInstallScript).map(([name, { run }]) => [name, run]);
    expect(allowScripts).toEqual(Object.fromEntries(due));
  });

  it('come from the registry, each with its checksum, and from nowhere else', () => {
    const strangers = installed.filter(
      ([, { version = '', integrity = '', link, resolved }]) =>
        !/^\d+\.\d+\.\d+/.test(version) ||
        !integrity.startsWith('sha512-') ||
        link === true ||
        resolved !== undefined,
    );
    expect(strangers).toEqual([]);
  });

  it('ask for others by version, not by address', () => {
    const addresses = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
      Object.entries({ ...dependencies, ...optionalDependencies })
        .filter(([, range]) => /[:/]/.test(range.replace(/^npm:@?[\w.-]+(\/[\w.-]+)?@/, '')))
        .map(([name, range]) => `${path}: ${name} ${range}`),
    );
    expect(addresses).toEqual([]);
  });
});
