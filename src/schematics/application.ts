import { SchematicsException, type Tree } from '@angular-devkit/schematics';
import { posix } from 'node:path';
import { importSuffix } from './import-suffix.js';
import { withImport, withModule } from './source-edits.js';

/** An application of the Nest CLI, which may be one of several in a monorepo. */
export class Application {
  private constructor(
    /** The folder of its sources and of its tests: '' where it is that of package.json. */
    readonly root: string,
    /** The file of its root module, and the class in it. */
    readonly modulePath: string,
    readonly moduleName: string,
    /** What relative imports end with in it. */
    readonly suffix: string,
  ) {}

  /**
   * @param sourceRoot as the Nest CLI has it: of nest-cli.json, or of the project that was asked for
   * @throws SchematicsException where there is none
   */
  static find(tree: Tree, sourceRoot = 'src'): Application {
    const root = rootOf(sourceRoot);
    const main = posix.join(root, 'src/main.ts');
    const { path, name } = moduleIn(tree, main) ?? {
      path: posix.join(root, 'src/app.module.ts'),
      name: 'AppModule',
    };
    if (!tree.exists(path))
      throw new SchematicsException(
        `An application needs ${path}, or a root module that ${main} imports, not found here: go to the folder of its package.json`,
      );
    return new Application(root, path, name, importSuffix(tree, path));
  }

  /** Where something of it is in the tree. @param path as from its root: `src/orders` */
  at(path: string): string {
    return posix.join(this.root, path);
  }

  /** How a file of its tests imports the root module. */
  get moduleForTests(): string {
    return posix.relative(this.at('test'), this.modulePath).replace(/\.ts$/, this.suffix);
  }

  /** Imports a module into the root module. @param imported how it stands there, its name unless it is told */
  importModule(tree: Tree, module: string, from: string, imported = module): void {
    const text = tree.readText(this.modulePath);
    tree.overwrite(this.modulePath, withModule(withImport(text, module, from), imported));
  }

  /** Imports a module of its own into the root module. @param path as from its root, without what the file ends with */
  importOwn(tree: Tree, module: string, path: string): void {
    const from = posix.relative(posix.dirname(this.modulePath), this.at(path));
    this.importModule(tree, module, `${from.startsWith('.') ? '' : './'}${from}${this.suffix}`);
  }

  /** The source that has a text, of its own or of a library beside it: such modules are kept in files of any name. */
  findInSource(tree: Tree, text: string): string | undefined {
    const found: string[] = [];
    for (const folder of [this.at('src'), 'libs'])
      tree.getDir(folder).visit((path, entry) => {
        if (path.endsWith('.ts') && entry?.content.includes(text) === true) found.push(path.slice(1));
      });
    return found[0];
  }
}

/** @throws SchematicsException where sources are not in a folder src, beside which tests are */
function rootOf(sourceRoot: string): string {
  const [whole, root = ''] = /^(?:(.*)\/)?src(?:\/.*)?$/.exec(sourceRoot) ?? [];
  if (whole === undefined)
    throw new SchematicsException(`The sources have to be in a folder src, not in ${sourceRoot}`);
  return root;
}

/** The module that an application is made of. */
function moduleIn(tree: Tree, main: string): { path: string; name: string } | undefined {
  if (!tree.exists(main)) return undefined;
  const text = tree.readText(main);
  const [, name = ''] = /NestFactory\.create\w*(?:<[^()]*>)?\(\s*(\w+)/.exec(text) ?? [];
  const [, from] = new RegExp(`{[^}]*\\b${name}\\b[^}]*}\\s*from\\s*['"](\\.[^'"]*)['"]`).exec(text) ?? [];
  if (name === '' || from === undefined) return undefined;
  return { name, path: posix.join(posix.dirname(main), `${from.replace(/\.js$/, '')}.ts`) };
}
