import { Injectable } from '@nestjs/common';
import { EventParser } from './event-parser.js';
import { ResourceServerSettings } from './resource-server-options.js';

/** A page has some 150 KB. */
const LONGEST_PAGE = 1_000_000;
const ANSWERS_WITHIN_MS = 5000;

/** The issuer does not know the cursor, as after an older backup of its database was restored. */
export class CursorRefused extends Error {}

/** Asks the issuer for its feed. What it answers is not verified here. */
@Injectable()
export class FeedClient {
  constructor(private readonly settings: ResourceServerSettings) {}

  /** The page after a cursor. @throws CursorRefused, or Error where there is none to be had */
  async fetchPage(cursor: string | null, signal: AbortSignal): Promise<string> {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(ANSWERS_WITHIN_MS)]);
    let page = '';
    for await (const text of await this.open(this.urlOf('', cursor), inTime)) {
      page += text;
      if (page.length > LONGEST_PAGE) throw new RangeError('the page is too long');
    }
    return page;
  }

  /** The pages after a cursor, as they come, until the stream ends. @throws as {@link fetchPage} */
  async *stream(cursor: string | null, signal: AbortSignal): AsyncGenerator<string> {
    const parser = new EventParser(LONGEST_PAGE);
    for await (const text of await this.open(this.urlOf('/stream', cursor), signal)) yield* parser.push(text);
  }

  private async open(url: URL, signal: AbortSignal): Promise<AsyncIterable<string>> {
    const headers = { Authorization: `Bearer ${this.settings.revocationsToken}` };
    // Whoever it would lead to is not to be given the token.
    const { status, body } = await fetch(url, { headers, signal, redirect: 'error' });
    if (status === 200 && body) return body.pipeThrough(new TextDecoderStream());
    await body?.cancel();
    if (status === 400) throw new CursorRefused('the issuer does not know the cursor');
    throw new Error(`the issuer answers ${String(status)}`);
  }

  private urlOf(path: string, cursor: string | null): URL {
    const url = new URL(this.settings.revocationsUrl);
    url.pathname += path;
    if (cursor !== null) url.searchParams.set('since', cursor);
    return url;
  }
}
