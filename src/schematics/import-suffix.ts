/** What relative imports end with in a project, as one of its files shows: `.js` where its modules are those of ECMAScript. */
export function importSuffix(text: string): string {
  return /from '\.[^']*\.js'/.test(text) ? '.js' : '';
}
