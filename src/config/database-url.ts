/** Where the data lives, read from `DATABASE_URL`. */
export type DatabaseLocation =
  { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'postgres'; readonly url: string };

/**
 * Reads `sqlite:PATH`, `sqlite::memory:` or `postgres://…`.
 * @returns undefined where the text is none of them.
 */
export function parseDatabaseUrl(text: string): DatabaseLocation | undefined {
  if (text.startsWith('sqlite:')) {
    const path = text.slice('sqlite:'.length);
    return path === '' ? undefined : { kind: 'sqlite', path };
  }
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return { kind: 'postgres', url: text };
  return undefined;
}
