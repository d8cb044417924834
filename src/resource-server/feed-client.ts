import { Injectable } from '@nestjs/common';
import { once } from 'node:events';
import { request as overHttp, type IncomingMessage } from 'node:http';
import { request as overHttps } from 'node:https';
import { EventParser } from './event-parser.js';
import { ResourceServerSettings } from './resource-server-options.js';

/** A page has some 150 KB. */
const LONGEST_PAGE = 1_000_000;

/** The issuer does not know the cursor, as after an older backup of its database was restored. */
export class CursorRefused extends Error {}

/**
 * Asks the issuer for its feed; what it answers is not verified here. By `node:http`: the `fetch` of Node 20 may forget
 * its signal while a body is under way, and then a silent stream could not be ended. No redirect is followed: whoever it
 * would lead to is not to be given the token.
 */
@Injectable()
export class FeedClient {
  constructor(private readonly settings: ResourceServerSettings) {}

  /** The page after a cursor. @throws CursorRefused, or Error where there is none to be had */
  async fetchPage(cursor: string | null, signal: AbortSignal): Promise<string> {
    let page = '';
    for await (const text of await this.open(this.urlOf('', cursor), signal)) {
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
    const send = url.protocol === 'https:' ? overHttps : overHttp;
    const headers = { Authorization: `Bearer ${this.settings.revocationsToken}` };
    const sent = send(url, { headers, signal }).end();
    // Once there is an answer, it is the answer that fails.
    sent.on('error', () => undefined);
    // By the signal too: where a connection is closed for an answer in another protocol, no event would tell.
    const [answer] = (await once(sent, 'response', { signal })) as [IncomingMessage];
    if (answer.statusCode === 200) return answer.setEncoding('utf8') as AsyncIterable<string>;
    answer.destroy();
    if (answer.statusCode === 400) throw new CursorRefused('the issuer does not know the cursor');
    throw new Error(`the issuer answers ${String(answer.statusCode)}`);
  }

  private urlOf(path: string, cursor: string | null): URL {
    const url = new URL(this.settings.revocationsUrl);
    url.pathname += path;
    if (cursor !== null) url.searchParams.set('since', cursor);
    return url;
  }
}
