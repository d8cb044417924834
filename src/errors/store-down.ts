import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';

/** SQLite is locked by another process for longer than a request waits, or its disk is full, broken or to be read only. */
const SQLITE = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN)$/;

/** Neither name nor address of a server leads anywhere, or what led there has ended. */
const NETWORK = /^(ECONN\w+|ETIMEDOUT|EPIPE|E(HOST|NET)(DOWN|UNREACH)|EAI_AGAIN|ENOTFOUND|ERR_STREAM_\w+)$/;

/**
 * SQLSTATE of what goes away by itself: 08 connection lost, 25006 a server that takes no writes (yet), 25P03 and 25P04
 * a transaction that took too long, 40 a deadlock or the like, 53 out of connections, memory or disk, 55P03 a lock that
 * was not to be had, 57 shut down, starting, or a statement that took too long.
 */
const POSTGRES = /^(08\w{3}|25006|25P0[34]|40(001|003|P01)|53\w{3}|55P03|57\w{3})$/;

const CODES = [SQLITE, NETWORK, POSTGRES];

/** What pg, its pool and, once it is closed, TypeORM tell without a code. */
const WITHOUT_CODE = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout expired',
  'timeout exceeded when trying to connect',
  'Query read timeout',
  'Client was closed and is not queryable',
  'Client has encountered a connection error and is not queryable',
  'Cannot use a pool after calling end on the pool',
  'There was an error establishing an SSL connection',
  'Driver not Connected',
]);

/** TypeORM lets go of a connection that is lost between two statements, and refuses the next in words of its own. */
const lostConnections = [QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError];

/** Whether an error says that the database cannot be asked right now, and may be asked again in a moment. */
export function isStoreDown(error: unknown): boolean {
  if (lostConnections.some((kind) => error instanceof kind)) return true;
  const { code, syscall, message } = causeOf(error);
  if (syscall === 'connect') return true;
  return code === undefined ? WITHOUT_CODE.has(message) : CODES.some((codes) => codes.test(code));
}

interface Cause {
  readonly code: string | undefined;
  readonly syscall: unknown;
  readonly message: string;
}

function causeOf(error: unknown): Cause {
  const { code, syscall, message } = (error instanceof QueryFailedError ? error.driverError : error) as {
    [name in keyof Cause]?: unknown;
  };
  return { code: typeof code === 'string' ? code : undefined, syscall, message: String(message) };
}
