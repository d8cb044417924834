/** Where breached passwords are looked up: a local copy of a list, or a range API. */
export type BreachList =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'range'; readonly url: string };

/** Reads `file:PATH`, or the URL of a range API. @returns undefined where the text is neither. */
export function parseBreachList(text: string): BreachList | undefined {
  const path = /^file:(.+)$/.exec(text)?.[1];
  if (path !== undefined) return { kind: 'file', path };
  const isUrl = /^https?:\/\//.test(text) && URL.canParse(text);
  return isUrl ? { kind: 'range', url: text.endsWith('/') ? text : `${text}/` } : undefined;
}
