import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
  TypeORMError,
} from 'typeorm';
import { toAppError } from './framework-error.js';

const withCode = (code: string, facts: object = {}) => Object.assign(new Error('no'), { code, ...facts });
const ofStatement = (cause: Error) => new QueryFailedError('SELECT 1', [], cause);

describe('an error of the database', () => {
  it.each([
    ['SQLITE_BUSY', 'another process writes'],
    ['ECONNREFUSED', 'nobody listens'],
    ['ECONNRESET', 'the connection was cut'],
    ['EPIPE', 'the connection was closed'],
    ['ETIMEDOUT', 'the server is silent'],
    ['EHOSTUNREACH', 'the network is down'],
    ['ENOTFOUND', 'the name leads nowhere'],
    ['EAI_AGAIN', 'the name server is away'],
    ['ERR_STREAM_DESTROYED', 'the socket is gone'],
    ['08006', 'connection failure'],
    ['25006', 'a standby takes no writes'],
    ['25P03', 'idle in a transaction for too long'],
    ['40001', 'serialization failure'],
    ['40P01', 'deadlock'],
    ['53300', 'too many connections'],
    ['55P03', 'lock not available'],
    ['57014', 'statement timeout'],
    ['57P01', 'the server shuts down'],
    ['57P03', 'the server starts'],
  ])('with the code %s is for another try: %s', (code) => {
    for (const error of [withCode(code), ofStatement(withCode(code))])
      expect(toAppError(error)).toMatchObject({ code: 'overloaded', status: 503, facts: { retryAfter: 1 } });
  });

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Connection terminated',
    'timeout expired',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client was closed and is not queryable',
    'Client has encountered a connection error and is not queryable',
    'Cannot use a pool after calling end on the pool',
  ])('without a code is for another try: %s', (message) => {
    for (const error of [new Error(message), ofStatement(new Error(message))])
      expect(toAppError(error)).toMatchObject({ code: 'overloaded', facts: { retryAfter: 1 } });
  });

  it.each([
    new QueryRunnerAlreadyReleasedError(),
    new QueryRunnerProviderAlreadyReleasedError(),
    new TypeORMError('Driver not Connected'),
    withCode('ENOENT', { syscall: 'connect' }),
  ])('that says otherwise that the connection is gone is for another try: $message', (error) => {
    expect(toAppError(error)).toMatchObject({ code: 'overloaded', facts: { retryAfter: 1 } });
  });

  it.each([
    ['23505', 'a value that must be unique is not'],
    ['25P02', 'a statement after one that failed'],
    ['28P01', 'a wrong password'],
    ['40002', 'a constraint is broken'],
    ['42P01', 'no such table'],
    ['SQLITE_CONSTRAINT', 'a constraint is broken'],
    ['ENOENT', 'no such file'],
  ])('with the code %s will fail again, and is a fault of ours: %s', (code) => {
    for (const error of [withCode(code), ofStatement(withCode(code))])
      expect(toAppError(error)).toMatchObject({ code: 'internal_error', status: 500 });
  });

  it('that nobody knows is a fault of ours', () => {
    for (const error of [new Error('Prepared statements must be unique'), new TypeError('x'), 'text'])
      expect(toAppError(error)).toMatchObject({ code: 'internal_error' });
  });
});
