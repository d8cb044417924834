import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads JSON in UTF-8 (RFC 8259 §8.1), with or without a byte order mark. A member that is sent twice counts as the last
 * one says, for every part of the service alike.
 * @throws AppError malformed_json
 */
export async function parseJson(_request: FastifyRequest, body: Buffer): Promise<unknown> {
  try {
    return JSON.parse(utf8.decode(body));
  } catch (cause) {
    throw new AppError('malformed_json', { cause });
  }
}

/**
 * Reads the form of an OAuth 2.0 request (RFC 6749 appendix B). A parameter that is sent twice becomes a list, for
 * `RequestPipe` to refuse.
 * @throws AppError invalid_request for what is no UTF-8
 */
export async function parseForm(_request: FastifyRequest, body: Buffer): Promise<object> {
  const form = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(decodeForm(body))) {
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
