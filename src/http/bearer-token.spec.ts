import type { FastifyRequest } from 'fastify';
import { bearerToken } from './bearer-token.js';

const asking = (authorization: string | undefined, ...rawHeaders: string[]) =>
  ({ headers: { authorization }, raw: { rawHeaders } }) as FastifyRequest;

describe('bearerToken', () => {
  it.each([
    ['Bearer abc.def', 'abc.def'],
    ['bearer abc', 'abc'],
    ['BEARER   abc==  ', 'abc=='],
    ['Bearer a b', 'a b'],
  ])('reads %j', (authorization, token) => {
    expect(bearerToken(asking(authorization))).toBe(token);
  });

  it.each([undefined, '', 'Bearer', 'Bearer  ', 'Bearerabc', 'Basic abc', 'x Bearer abc'])(
    'finds none in %j',
    (authorization) => {
      expect(bearerToken(asking(authorization))).toBeNull();
    },
  );

  it('refuses two headers, and is not misled by a value', () => {
    const twice = asking('Bearer a', 'Authorization', 'Bearer a', 'AUTHORIZATION', 'Bearer b');
    expect(() => bearerToken(twice)).toThrow('The token is not valid here');
    expect(bearerToken(asking('Bearer a', 'Authorization', 'Bearer a', 'X-Name', 'authorization'))).toBe('a');
  });
});
