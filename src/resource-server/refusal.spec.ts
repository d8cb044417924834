import { AppError } from '../errors/app-error.js';
import { challenge } from '../errors/challenge.js';
import { errorBody } from '../errors/error-body.js';
import { Refusal, refusals, type RefusalCode } from './refusal.js';

describe.each(Object.keys(refusals) as RefusalCode[])('the refusal %s of a resource server', (code) => {
  const refusal = new Refusal(code, { maxAge: 300 });
  const error = new AppError(code, { maxAge: 300 });

  it('is that of the issuer', () => {
    expect(refusal.getStatus()).toBe(error.status);
    expect(refusal.getResponse()).toEqual(errorBody(error, { oauth: false }));
  });

  it('has the same challenge, or says when to try again', () => {
    const due: Record<number, object> = {
      401: { 'WWW-Authenticate': challenge(error) },
      403: {},
      503: { 'Retry-After': '1' },
    };
    expect(refusal.headers('gatehouse')).toEqual(due[error.status]);
  });
});
