import type { Logger } from '@nestjs/common';
import { types } from 'node:util';

/** Tells of what is tried again and again: the first failure of several, with its causes, and the end of them. */
export class OutageLog {
  private readonly failing = new Set<string>();

  /** @param subject what the lines are about, as they begin */
  constructor(
    private readonly subject: string,
    private readonly logger: Logger,
  ) {}

  failed(what: string, error: unknown): void {
    if (!this.failing.has(what))
      this.logger.warn(`${this.subject} cannot be ${what}: ${causesOf(error).join(': ')}`);
    this.failing.add(what);
  }

  worked(what: string): void {
    if (this.failing.delete(what)) this.logger.log(`${this.subject} is ${what} again`);
  }
}

/** `fetch failed` says nothing without its cause, and that may have no message where several addresses were tried. */
function causesOf(error: unknown): string[] {
  if (!types.isNativeError(error)) return [String(error)];
  const { message, cause, code } = error as NodeJS.ErrnoException;
  return [message || (code ?? error.name), ...(cause === undefined ? [] : causesOf(cause))];
}
