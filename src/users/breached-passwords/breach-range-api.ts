import { BreachedPasswords } from './breached-passwords.js';
import { breachDigest } from './password-digest.js';

const PREFIX_LENGTH = 5;
const TIMEOUT_MS = 2000;

/**
 * A range API: it is told the first five digits of the digest alone, and answers with the rest of all digests that begin
 * so (k-anonymity). Padding hides from the network how many there are.
 */
export class BreachRangeApi extends BreachedPasswords {
  constructor(private readonly url: string) {
    super();
  }

  async has(password: string): Promise<boolean> {
    const digest = breachDigest(password);
    const suffix = digest.slice(PREFIX_LENGTH);
    const range = await this.load(digest.slice(0, PREFIX_LENGTH));
    return range.split('\n').some((line) => isOf(line, suffix));
  }

  private async load(prefix: string): Promise<string> {
    const answer = await fetch(new URL(prefix, this.url), {
      headers: { 'Add-Padding': 'true' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!answer.ok) throw new Error(`the breach list answered ${String(answer.status)}`);
    return answer.text();
  }
}

/** A line is `SUFFIX:COUNT`; padding has the count 0. */
function isOf(line: string, suffix: string): boolean {
  const [digits = '', count = ''] = line.trim().split(':');
  return digits.toUpperCase() === suffix && Number(count) > 0;
}
