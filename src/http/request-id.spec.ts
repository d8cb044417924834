import { requestId } from './request-id.js';

describe('requestId', () => {
  it.each(['a', 'A-Z_0.9', 'x'.repeat(128)])('keeps %j', (id) => {
    expect(requestId({ headers: { 'x-request-id': id } })).toBe(id);
  });

  it.each(['', 'a b', 'x'.repeat(129), 'a\nb', 'é', undefined])('replaces %j', (id) => {
    expect(requestId({ headers: { 'x-request-id': id } })).toMatch(/^[0-9a-f-]{36}$/);
  });
});
