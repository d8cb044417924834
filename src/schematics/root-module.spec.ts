import { Tree } from '@angular-devkit/schematics';
import { rootModuleOf } from './root-module.js';

const MAIN = 'apps/stock/src/main.ts';
const APP = 'apps/stock/src/app.module.ts';
const found = { path: APP, name: 'AppModule' };

describe('the root module of an application', () => {
  const rootModule = (
    main: string,
    files: Record<string, string> = { [APP]: 'export class AppModule {}' },
  ) => {
    const tree = Tree.empty();
    for (const [path, text] of Object.entries({ ...files, [MAIN]: main })) tree.create(path, text);
    return rootModuleOf(tree, MAIN);
  };

  it.each([
    ["import { AppModule } from './app.module.js';", 'await NestFactory.create(AppModule);'],
    [
      "import { AppModule } from './app.module';",
      'NestFactory.create<NestExpressApplication>(AppModule, options)',
    ],
    [
      "import { AppModule } from './app.module.ts';",
      'NestFactory.create(\n  AppModule,\n  new FastifyAdapter(),\n);',
    ],
    [
      "import { other, AppModule as Root } from './app.module';",
      'NestFactory\n  .create(/* all of it */ Root)',
    ],
    [
      "import { AppModule } from './app.module';",
      'NestFactory.createMicroservice<{ a: () => void }>(AppModule)',
    ],
    [
      "import { Worker } from './worker';\nimport { AppModule } from './app.module';",
      'if (w) await NestFactory.createApplicationContext(Worker);\nelse await NestFactory.create(AppModule);',
    ],
  ])('is what main.ts starts: %j, %j', (imports, starts) => {
    expect(rootModule(`${imports}\n${starts}`)).toEqual(found);
  });

  it('may be in the index of a folder', () => {
    const path = 'apps/stock/src/parts/index.ts';
    const main = "import { Parts } from './parts';\nNestFactory.create(Parts);";
    expect(rootModule(main, { [path]: 'export class Parts {}' })).toEqual({ path, name: 'Parts' });
  });

  it.each([
    ["import { createRoot } from './app.module';", 'NestFactory.create(createRoot());'],
    ["import { AppModule } from './elsewhere';", 'NestFactory.create(AppModule);'],
    ["import { AppModule } from '@shop/app';", 'NestFactory.create(AppModule);'],
    ["import AppModule from './app.module';", 'NestFactory.create(AppModule);'],
    ["import { Other } from './app.module';", 'NestFactory.create(Other);'],
    ["import { AppModule } from './app.module';", 'Factory.create(AppModule);'],
  ])('is not told by a main.ts of another kind: %j, %j', (imports, starts) => {
    expect(rootModule(`${imports}\n${starts}`)).toBeUndefined();
  });
});
