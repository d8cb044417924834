import { QueryFailedError } from 'typeorm';
import { AppError } from '../errors/app-error.js';
import { createLogger } from './logger.js';
import { serializeError } from './serialize-error.js';

const failedStatement = () =>
  new QueryFailedError(
    'UPDATE users SET email = $1, password_hash = $2',
    ['ada@example.org', '$argon2id$v=19$secret'],
    Object.assign(new Error('duplicate key value violates unique constraint'), {
      code: '23505',
      detail: 'Key (email)=(ada@example.org) already exists.',
    }),
  );

describe('an error in the log', () => {
  it('is told with its type, code, stack and cause', () => {
    const error = new AppError('internal_error', {
      cause: Object.assign(new Error('no way there'), { code: 'ECONNREFUSED' }),
    });
    expect(serializeError(error)).toMatchObject({
      type: 'AppError',
      stack: expect.stringContaining('serialize-error.spec') as string,
      cause: { type: 'Error', message: 'no way there', code: 'ECONNREFUSED' },
    });
  });

  it('names a statement that failed, and none of its parameters, however deep it is', () => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    logger.error({ err: failedStatement() }, 'once');
    logger.error({ err: new AppError('internal_error', { cause: failedStatement() }) }, 'twice');
    logger.error(failedStatement());
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(line).toContain('UPDATE users SET email = $1');
      expect(line).not.toMatch(/ada@example|argon2/);
    }
  });

  it('is nothing where something else was thrown', () => {
    expect(serializeError('text')).toBeUndefined();
  });
});
