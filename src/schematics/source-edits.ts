import { SchematicsException } from '@angular-devkit/schematics';
import ts from 'typescript';

/** A name that a source has from another. */
interface Imported {
  readonly name: string;
  /** What it is called there. */
  readonly original: string;
  readonly from: string;
}

/** Adds an import after the last. @throws SchematicsException where the name stands for something else already */
export function withImport(text: string, name: string, from: string): string {
  const source = parse(text);
  if (importsIn(source).some((imported) => imported.name === name))
    throw new SchematicsException(`${name} is imported already: give another name`);
  const last = source.statements.findLast(ts.isImportDeclaration);
  return insert(text, last?.end ?? 0, `\nimport { ${name} } from '${from}';`);
}

/** Adds an element at the end of a list that is declared by this name. */
export function withElement(text: string, list: string, element: string): string {
  const { elements } = findDeclared(text, list, ts.isArrayLiteralExpression);
  return append(text, elements, element);
}

/** Adds a text where its place is in a list of texts that is declared by this name. */
export function withSortedText(text: string, list: string, added: string): string {
  const { elements } = findDeclared(text, list, ts.isArrayLiteralExpression);
  const next = elements.find((element) => ts.isStringLiteral(element) && element.text > added);
  return next ? insert(text, next.getStart(), `'${added}', `) : append(text, elements, `'${added}'`);
}

/** Adds a property at the end of an object that is declared by this name. */
export function withProperty(text: string, object: string, property: string): string {
  const { properties } = findDeclared(text, object, ts.isObjectLiteralExpression);
  return append(text, properties, property);
}

/** Adds a module to those that the `@Module()` of a file imports, if any. */
export function withModule(text: string, module: string): string {
  const { properties } = find(parse(text), "'@Module({})'", optionsOfModule);
  const imports = properties.find(({ name }) => name?.getText() === 'imports');
  if (!imports) {
    const position = properties[0]?.getStart() ?? properties.pos;
    return insert(text, position, `imports: [${module}]${properties.length > 0 ? ', ' : ''}`);
  }
  if (ts.isPropertyAssignment(imports) && ts.isArrayLiteralExpression(imports.initializer))
    return append(text, imports.initializer.elements, module);
  throw new SchematicsException(`the imports of the '@Module()' are no list: add ${module} to them, by hand`);
}

function optionsOfModule(node: ts.Node): ts.ObjectLiteralExpression | undefined {
  if (!ts.isDecorator(node) || !ts.isCallExpression(node.expression)) return undefined;
  const { expression, arguments: given } = node.expression;
  return expression.getText() === 'Module' ? given.find(ts.isObjectLiteralExpression) : undefined;
}

/** What a variable is declared with. */
function findDeclared<T extends ts.Expression>(
  text: string,
  name: string,
  isOfKind: (node: ts.Node) => node is T,
): T {
  return find(parse(text), `"${name}" to add to`, (node) =>
    ts.isVariableDeclaration(node) &&
    node.name.getText() === name &&
    node.initializer &&
    isOfKind(node.initializer)
      ? node.initializer
      : undefined,
  );
}

function find<T>(source: ts.SourceFile, what: string, match: (node: ts.Node) => T | undefined): T {
  const search = (node: ts.Node): T | undefined => match(node) ?? ts.forEachChild(node, search);
  const found = search(source);
  if (found === undefined) throw new SchematicsException(`there is no ${what}`);
  return found;
}

function append(text: string, list: ts.NodeArray<ts.Node>, added: string): string {
  const comma = list.length === 0 || list.hasTrailingComma ? '' : ', ';
  return insert(text, list.end, `${comma}${added}`);
}

function insert(text: string, position: number, added: string): string {
  return text.slice(0, position) + added + text.slice(position);
}

/** What a source imports by name. */
export function importsIn(source: ts.SourceFile): Imported[] {
  return source.statements.filter(ts.isImportDeclaration).flatMap(({ importClause, moduleSpecifier }) => {
    const bindings = importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) return [];
    const from = (moduleSpecifier as ts.StringLiteral).text;
    return bindings.elements.map(({ name, propertyName = name }) => ({
      name: name.text,
      original: propertyName.text,
      from,
    }));
  });
}

/** Reads a source as TypeScript does. */
export function parse(text: string): ts.SourceFile {
  return ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
}
