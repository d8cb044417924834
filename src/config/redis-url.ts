/**
 * Reads `redis://…` or `rediss://…`, with a host. Parameters are refused: the client would take any option from them.
 * @returns the URL as it was given, undefined where it is none.
 */
export function parseRedisUrl(text: string): string | undefined {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) return undefined;
  const { hostname, pathname, search, hash } = new URL(text);
  const isPlain = search === '' && hash === '' && /^(\/\d*)?$/.test(pathname);
  return hostname !== '' && isPlain ? text : undefined;
}
