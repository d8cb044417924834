import { QueryFailedError } from 'typeorm';

/** What the log says of an error. */
export interface ErrorFacts {
  readonly type: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly stack: string | undefined;
  /** The statement that failed, with placeholders. */
  readonly statement: string | undefined;
  readonly cause: ErrorFacts | undefined;
}

/**
 * Names what is logged of an error one by one: a failed statement carries its parameters, among them hashes and addresses,
 * and PostgreSQL repeats values in the details of a violated constraint.
 */
export function serializeError(error: unknown): ErrorFacts | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  return {
    type: error.constructor.name,
    message: error.message,
    code: typeof code === 'string' ? code : undefined,
    stack: error.stack,
    statement: error instanceof QueryFailedError ? error.query : undefined,
    cause: serializeError(error.cause),
  };
}
