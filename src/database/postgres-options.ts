import { Logger } from '@nestjs/common';
import { Socket } from 'node:net';
import type { DataSourceOptions } from 'typeorm';

export type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

const logger = new Logger('Database');

/** Also how long a request waits for a free connection of the pool. */
const CONNECT_TIMEOUT_MS = 3000;
/** Less than a statement may take: who waits for the locks of an instance that is cut off must outlast it. */
const IDLE_IN_TRANSACTION_MS = 4000;
const STATEMENT_TIMEOUT_MS = 10_000;
const IDLE_CONNECTION_MS = 10_000;
/** More than a statement may take, and than an idle connection is kept: a server silent for so long is away. */
const SILENCE_MS = 13_000;

/**
 * Connections for requests: none waits for long, whatever becomes of the server or of the network.
 * Parameters of the URL win over what is set here.
 */
export function pooledConnections(url: string, poolSize?: number): PostgresOptions {
  return {
    type: 'postgres',
    url,
    applicationName: 'gatehouse',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    poolSize,
    poolErrorHandler: logLostConnection,
    extra: {
      keepAlive: true,
      idleTimeoutMillis: IDLE_CONNECTION_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      stream: createImpatientSocket,
    },
  };
}

/** The same database by one connection, on which a statement takes as long as a migration of a large table needs. */
export function unhurriedConnection(options: PostgresOptions): PostgresOptions {
  const extra = { keepAlive: true, idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS };
  return { ...options, poolSize: 1, extra };
}

// Without a handler the loss of a connection that nobody uses would end the process.
function logLostConnection(error: Error): void {
  logger.warn(`PostgreSQL has ended an idle connection: ${error.message}`);
}

/**
 * A socket that ends itself when it is kept waiting by a server that is cut off. pg's own `query_timeout` gives up the
 * answer alone: the connection would go back to the pool amid its transaction, and the next unit would commit both.
 */
function createImpatientSocket(): Socket {
  const socket = new Socket();
  return socket.setTimeout(SILENCE_MS, () => {
    const error = new Error(`PostgreSQL was silent for ${String(SILENCE_MS)} ms`);
    socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
  });
}
