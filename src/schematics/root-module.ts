import type { Tree } from '@angular-devkit/schematics';
import { posix } from 'node:path';
import ts from 'typescript';
import { importsIn, parse } from './source-edits.js';

/** The class that an application is made of, and the file that it is declared in. */
export interface RootModule {
  readonly path: string;
  readonly name: string;
}

/** Finds the root module by what `main.ts` gives to NestFactory and where it imports that from. */
export function rootModuleOf(tree: Tree, main: string): RootModule | undefined {
  if (!tree.exists(main)) return undefined;
  const source = parse(tree.readText(main));
  const started = startedIn(source);
  return importsIn(source)
    .filter(({ name }) => name === started)
    .flatMap(({ original, from }) =>
      filesOf(posix.join(posix.dirname(main), from)).map((path) => ({ name: original, path })),
    )
    .find(({ name, path }) => tree.exists(path) && tree.readText(path).includes(`class ${name} `));
}

/** What an application is created of, or else what anything is. */
function startedIn(source: ts.SourceFile): string | undefined {
  const calls = new Map<string, string>();
  const visit = (node: ts.Node) => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { expression, name } = node.expression;
      const [module] = node.arguments;
      if (
        expression.getText() === 'NestFactory' &&
        module &&
        ts.isIdentifier(module) &&
        !calls.has(name.text)
      )
        calls.set(name.text, module.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return calls.get('create') ?? [...calls.values()][0];
}

/** What a relative import may be of. */
function filesOf(path: string): string[] {
  return [`${path.replace(/\.[jt]s$/, '')}.ts`, posix.join(path, 'index.ts')];
}
