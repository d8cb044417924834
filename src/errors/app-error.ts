import { errorCatalogue, type ErrorCode } from './error-catalogue.js';

/** One field of a request that was refused, for the caller to mend. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

interface AppErrorFacts {
  /** For the caller, in place of the catalogue's sentence. */
  readonly message?: string;
  /** For the caller, with `validation_failed`. */
  readonly fields?: readonly FieldFault[];
  /** For the caller, with `token_revoked`: why the token was cut. */
  readonly reason?: string;
  /** For the caller, as the Allow header of a 405. */
  readonly allow?: readonly string[];
  /** For the caller, in seconds: when to try again. */
  readonly retryAfter?: number;
  /** For the caller, in seconds: how old a proof of the password may be (RFC 9470 §3). */
  readonly maxAge?: number;
  /** For the operator's log, never for the caller. */
  readonly detail?: string;
  readonly cause?: unknown;
}

/** A refusal with a code of the catalogue. The error filter turns it into an answer. */
export class AppError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly facts: AppErrorFacts = {},
  ) {
    super(facts.message ?? errorCatalogue[code].message, { cause: facts.cause });
    this.name = 'AppError';
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}
