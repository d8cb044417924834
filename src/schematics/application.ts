import { SchematicsException, type Tree } from '@angular-devkit/schematics';
import { posix } from 'node:path';
import { importSuffix } from './import-suffix.js';
import { rootModuleOf } from './root-module.js';
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
    const usual = { path: posix.join(root, 'src/app.module.ts'), name: 'AppModule' };
    const { path, name } = rootModuleOf(tree, main) ?? usual;
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

  /** What it is called where it is one of several. */
  get name(): string {
    return posix.basename(this.root);
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

  /** The source that has a text, of its own or of a library that it imports: such modules are in files of any name. */
  findInSource(tree: Tree, text: string): string | undefined {
    const own = sourcesIn(tree, this.at('src'));
    const libraries = tree
      .getDir('libs')
      .subdirs.filter((name) => own.some(({ content }) => importsLibrary(content, name)))
      .flatMap((name) => sourcesIn(tree, posix.join('libs', name, 'src')));
    return [...own, ...libraries].find(({ content }) => content.includes(text))?.path;
  }
}

interface Source {
  readonly path: string;
  readonly content: string;
}

function sourcesIn(tree: Tree, folder: string): Source[] {
  const sources: Source[] = [];
  tree.getDir(folder).visit((path, entry) => {
    if (entry && /(?<!\.d|spec)\.ts$/.test(path))
      sources.push({ path: path.slice(1), content: entry.content.toString() });
  });
  return sources;
}

/** By the name that the Nest CLI gives it, behind a prefix of the project: `@app/accounts`. */
function importsLibrary(content: string, name: string): boolean {
  return new RegExp(`from ['"][^'"]*/${name}(/[^'"]*)?['"]`).test(content);
}

/** @throws SchematicsException where sources are not in a folder src, beside which tests are */
function rootOf(sourceRoot: string): string {
  const [whole, root = ''] = /^(?:(.*)\/)?src(?:\/.*)?$/.exec(sourceRoot.replaceAll('\\', '/')) ?? [];
  if (whole === undefined)
    throw new SchematicsException(`The sources have to be in a folder src, not in ${sourceRoot}`);
  return root;
}
