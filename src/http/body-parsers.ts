import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';
import { requireTypeOfRoute } from './body-type.js';

type Parser = (request: FastifyRequest, body: Buffer) => Promise<unknown>;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads bodies by their media type. An empty one is as none, also where it was announced; one of any other type is refused.
 */
export const bodyParsers: Readonly<Record<string, Parser>> = {
  'application/json': parserOf(parseJson),
  'application/x-www-form-urlencoded': parserOf(parseForm),
  // Fastify has a parser of its own for text.
  'text/plain': parserOf(refuse),
  '*': parserOf(refuse),
};

function refuse(): never {
  throw new AppError('unsupported_media_type');
}

/** @throws AppError unsupported_media_type, malformed_json or invalid_request */
function parserOf(parse: (body: Buffer) => unknown): Parser {
  return async (request, body) => {
    if (body.length === 0) return undefined;
    requireTypeOfRoute(request);
    return parse(body);
  };
}

/**
 * Reads JSON in UTF-8 (RFC 8259 §8.1), with or without a byte order mark. A member that is sent twice counts as the last
 * one says, for every part of the service alike.
 */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch (cause) {
    throw new AppError('malformed_json', { cause });
  }
}

/**
 * Reads the form of an OAuth 2.0 request (RFC 6749 appendix B). An empty parameter counts as omitted (§3.2), and one that is
 * sent twice becomes a list, for `RequestPipe` to refuse.
 */
function parseForm(body: Buffer): object {
  const form = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(decodeForm(body))) {
    if (value === '') continue;
    const earlier = form.get(name);
    form.set(name, earlier === undefined ? value : [earlier, value].flat());
  }
  return Object.fromEntries(form);
}

function decodeForm(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new AppError('invalid_request', { message: 'The form must be UTF-8', cause });
  }
}
