import type { TestApp } from './test-app.js';
import type { Person } from './people.js';

const NAME = 'gatehouse_session';

/** The cookie that an answer sets for the account page: its value, and its attributes in alphabetical order. */
export interface SetCookie {
  readonly value: string;
  readonly attributes: string[];
}

export function setCookieOf({ headers }: { readonly headers: object }): SetCookie | undefined {
  const all = (headers as { 'set-cookie'?: string[] })['set-cookie'] ?? [];
  const [pair = '', ...attributes] = all.find((each) => each.startsWith(`${NAME}=`))?.split('; ') ?? [];
  if (pair === '') return undefined;
  return { value: decodeURIComponent(pair.slice(NAME.length + 1)), attributes: attributes.sort() };
}

/** The header that brings a refresh token as the page does. */
export function cookieWith(token: string): string {
  return `${NAME}=${encodeURIComponent(token)}`;
}

/** Signs in as the page does. @returns the access token, and the refresh token of the cookie */
export async function signInOnPage(
  { api }: Pick<TestApp, 'api'>,
  { username, password }: Person,
): Promise<{ access: string; refresh: string }> {
  const answer = await api.post('/account/session', { username, password }).expect(200);
  const { access_token } = answer.body as { access_token: string };
  return { access: access_token, refresh: setCookieOf(answer)?.value ?? '' };
}
