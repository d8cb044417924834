import { setCookieOf } from './page-session.js';

const NAME = 'gatehouse_session';

/** What a browser does for the tabs of one origin: keeps the cookie of the session, and sends it to its path alone. */
export class BrowserTabs {
  /** The refresh tokens that the cookie has held, the last one last. */
  readonly held: string[] = [];
  /** How many answers will be lost on the way from now on. */
  losses = 0;
  private cookie?: { value: string; path: string };

  /** @param origin is told of requests in the place of the base of the page */
  constructor(
    private readonly origin: string,
    private readonly base = '',
  ) {}

  /** As the `fetch` of a page. */
  readonly send = async (path: string, init: RequestInit): Promise<Response> => {
    const url = new URL(path.slice(this.base.length), this.origin);
    const cookie = this.cookie && url.pathname.startsWith(this.cookie.path) ? this.cookie.value : '';
    const headers = {
      ...(init.headers as Record<string, string>),
      'Sec-Fetch-Site': 'same-origin',
      ...(cookie !== '' && { Cookie: `${NAME}=${encodeURIComponent(cookie)}` }),
    };
    const answer = await fetch(url, { ...init, headers });
    if (this.losses > 0) {
      this.losses--;
      throw new TypeError('fetch failed');
    }
    this.take(answer);
    return answer;
  };

  private take({ headers }: Response): void {
    const set = setCookieOf({ headers: { 'set-cookie': headers.getSetCookie() } });
    if (!set) return;
    const path = set.attributes.find((each) => each.startsWith('Path='))?.slice('Path='.length) ?? '/';
    this.cookie = { value: set.value, path };
    this.held.push(set.value);
  }
}
