import { bearerToken } from './bearer-token.js';

describe('bearerToken', () => {
  it.each([
    ['Bearer abc.def', 'abc.def'],
    ['bearer abc', 'abc'],
    ['BEARER   abc==', 'abc=='],
  ])('reads %j', (authorization, token) => {
    expect(bearerToken({ headers: { authorization } })).toBe(token);
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearerabc',
    'Basic abc',
    'Bearer a b',
    'Bearer a,b',
    'x Bearer abc',
  ])('finds none in %j', (authorization) => {
    expect(bearerToken({ headers: { authorization } })).toBeNull();
  });
});
