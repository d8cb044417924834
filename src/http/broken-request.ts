import type { FastifyInstance } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { plainAddress } from '../access/plain-address.js';
import { AppError } from '../errors/app-error.js';
import { errorBody } from '../errors/error-body.js';
import { standardHeaders } from './standard-headers.js';

interface Refusal {
  readonly status: number;
  readonly error: AppError;
}

/**
 * Answers what Node cannot read as a request, which therefore no route and no filter meets. The bytes are never logged:
 * they may hold a token.
 */
export function refuseBrokenRequest(
  this: FastifyInstance,
  { code }: NodeJS.ErrnoException,
  socket: Socket,
): void {
  if (code === 'ECONNRESET' || !socket.writable) return;
  const { status, error } = refusalOf(code);
  const id = randomUUID();
  this.log.info({ request_id: id, status, code, ip: plainAddress(socket.remoteAddress) }, 'broken request');
  socket.end(answer(id, status, { ...errorBody(error, { oauth: false }), statusCode: status }), () => {
    socket.destroy();
  });
}

function refusalOf(code: string | undefined): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, error: tooLarge('The header of the request is larger than 16 KiB') };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, error: tooLarge('The chunk extensions of the body are larger than 16 KiB') };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, error: invalid('did not arrive in time') };
    default:
      return { status: 400, error: invalid('must be well-formed HTTP/1.1') };
  }
}

function tooLarge(message: string): AppError {
  return new AppError('payload_too_large', { message });
}

function invalid(message: string): AppError {
  return new AppError('validation_failed', { fields: [{ field: 'request', message }] });
}

function answer(id: string, status: number, content: object): string {
  const body = JSON.stringify(content);
  const headers = {
    ...standardHeaders,
    'x-request-id': id,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`;
}
