import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { finish, startProcess } from '../../support/child-process.js';
import { newFolder } from '../../support/new-folder.js';

/** Each step is a tool, on a machine that may be busy with other tests. */
const STEP_MS = 300_000;

const packages = [
  '@nestjs/typeorm',
  'class-transformer',
  'class-validator',
  'gatehouse',
  'sqlite3',
  'typeorm',
];
const manifest = { type: 'module', dependencies: Object.fromEntries(packages.map((name) => [name, '*'])) };
const compilerOptions = {
  module: 'nodenext',
  target: 'ES2023',
  strict: true,
  skipLibCheck: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  noEmit: true,
  types: ['node', 'jest'],
};
const emptyModule = (name: string) =>
  `import { Module } from '@nestjs/common';\n@Module({})\nexport class ${name} {}\n`;
const mainOf = (module: string, from: string) => `import { NestFactory } from '@nestjs/core';
import { ${module} } from '${from}';

const app = await NestFactory.create(${module});
await app.listen(3000);
`;
const withDatabase = `import { TypeOrmModule } from "@nestjs/typeorm";
export const database = TypeOrmModule.forRoot({ type: "sqlite", database: ":memory:", autoLoadEntities: true });
`;

describe('nest generate -c gatehouse in an application', () => {
  let folder: string;

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  const run = async (...command: string[]) => {
    const { code, stdout, stderr } = await finish(startProcess('npx', command, folder, {}));
    return { code, said: stdout + stderr };
  };
  const generate = (...command: string[]) => run('nest', 'generate', '-c', 'gatehouse', ...command);

  beforeEach(() => {
    folder = newFolder();
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    write('package.json', JSON.stringify(manifest));
    write('tsconfig.json', JSON.stringify({ compilerOptions }));
    write('nest-cli.json', JSON.stringify({ sourceRoot: 'src' }));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it(
    'adds to a module with double quotes and without imports, beside the database of another',
    async () => {
      write('.prettierrc', '{ "singleQuote": false, "useTabs": true }');
      write('src/database.ts', withDatabase);
      const unlike = 'import { Module } from "@nestjs/common";\nimport "./database.js";\n\n';
      write('src/app.module.ts', `${unlike}@Module({ providers: [] })\nexport class AppModule {}\n`);
      await generate('auth');
      const { said } = await generate('protected-resource', 'orders');
      expect(said).toMatch(/Name the migration AddOrders\d+[^]*and Order among its entities/);
      expect(said).not.toContain('database.module.ts');
      expect(read('src/app.module.ts')).toContain(
        'imports: [GatehouseModule.forRoot({ path: "auth" }), OrdersModule]',
      );
      expect(await run('tsc', '-p', '.')).toEqual({ code: 0, said: '' });
    },
    STEP_MS,
  );

  it(
    'writes imports as the modules of the project want them where none shows it',
    async () => {
      write('src/app.module.ts', emptyModule('AppModule'));
      await generate('auth');
      expect(read('test/auth.e2e-spec.ts')).toContain('../src/app.module.js');
    },
    STEP_MS,
  );

  it(
    'wants the service in it before a feature',
    async () => {
      write('src/app.module.ts', emptyModule('AppModule'));
      const { said } = await generate('protected-resource', 'orders');
      expect(said).toContain('first give the command nest generate -c gatehouse auth');
    },
    STEP_MS,
  );

  it(
    'finds one of several applications in a monorepo, and its root module by what it is started with',
    async () => {
      const projects = { shop: { sourceRoot: 'apps/shop/src' }, stock: { sourceRoot: 'apps/stock/src' } };
      write('nest-cli.json', JSON.stringify({ monorepo: true, ...projects.shop, projects }));
      write('apps/shop/src/main.ts', mainOf('AppModule', './app.module.js'));
      write('apps/shop/src/app.module.ts', emptyModule('AppModule'));
      write('apps/stock/src/main.ts', mainOf('StockModule', './parts/stock.module.js'));
      write('apps/stock/src/parts/stock.module.ts', emptyModule('StockModule'));
      write('.prettierrc', '{ "singleQuote": true }');
      await generate('auth', '--project', 'stock');
      const { said } = await generate('protected-resource', 'orders', '--project', 'stock');
      expect(said).toMatch(/apps\/stock\/src\/migrations\/\d+-add-orders\.ts/);
      expect(read('apps/stock/src/parts/stock.module.ts')).toMatch(
        /from '\.\.\/orders\/orders\.module\.js';[^]*\sGatehouseModule\.forRoot\(\{ path: 'auth' \}\),\s+DatabaseModule,\s+OrdersModule,/,
      );
      for (const test of ['auth', 'orders'])
        expect(read(`apps/stock/test/${test}.e2e-spec.ts`)).toContain(
          "import { StockModule } from '../src/parts/stock.module.js'",
        );
      expect(read('apps/stock/src/database.module.ts')).toContain("'data/stock.sqlite'");
      expect(read('apps/shop/src/app.module.ts')).toBe(emptyModule('AppModule'));
      expect(existsSync(join(folder, 'src'))).toBe(false);
      expect(await run('tsc', '-p', '.')).toEqual({ code: 0, said: '' });
    },
    STEP_MS,
  );

  it(
    'adds the service once, wherever the application or a library that it imports has it, and says where that is',
    async () => {
      const withLibrary = `import { Accounts } from '@shop/accounts';\n${emptyModule('AppModule')}`;
      write('src/app.module.ts', withLibrary);
      for (const library of ['accounts', 'others'])
        write(`libs/${library}/src/accounts.module.ts`, "import { GatehouseModule } from 'gatehouse';\n");
      const { said } = await generate('auth');
      expect(said).toContain(
        'libs/accounts/src/accounts.module.ts has GatehouseModule already, so nothing is changed',
      );
      expect(read('src/app.module.ts')).toBe(withLibrary);
      write('src/app.module.ts', emptyModule('AppModule'));
      await generate('auth');
      expect(read('src/app.module.ts')).toContain('GatehouseModule');
    },
    STEP_MS,
  );

  it.each([
    ['lib', 'The sources have to be in a folder src, not in lib'],
    ['apps/shop/src', 'An application needs apps/shop/src/app.module.ts, or a root module that'],
  ])(
    'says what it looks for where the sources are in %s, and it is not there',
    async (sourceRoot, sentence) => {
      write('nest-cli.json', JSON.stringify({ sourceRoot }));
      for (const command of [['auth'], ['protected-resource', 'orders']])
        expect((await generate(...command)).said).toContain(sentence);
    },
    STEP_MS,
  );
});
