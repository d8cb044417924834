/**
 * What a link in a mail asks the page for. Its token stands after the #, and is taken out of the address at once: no
 * history keeps it.
 * @returns {{ purpose: string, token: string } | undefined}
 */
export function takeLink() {
  const [, purpose, token] = /^#([a-z-]+)&token=([\w-]+)$/.exec(window.location.hash) ?? [];
  if (purpose === undefined || token === undefined) return undefined;
  window.history.replaceState(null, '', window.location.pathname);
  return { purpose, token };
}
