import { AppError } from '../errors/app-error.js';

/** What is read of a token. @returns undefined where it is refused; a fault of the service is none. */
export function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
