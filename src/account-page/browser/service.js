/** How long an answer may take, in milliseconds, before it counts as lost. */
const PATIENCE_MS = 20_000;

/** What the service refused: `code` is for the page to act on, `details` are told beside their fields. */
export class RefusedError extends Error {
  /**
   * @param {number} status
   * @param {{ error?: string, message?: string, details?: { field: string, message: string }[], reason?: string }} body
   * @param {number} retryAfter seconds, 0 where nothing is said
   */
  constructor(status, { error = '', message = '', details = [], reason = '' }, retryAfter) {
    super(message);
    this.status = status;
    this.code = error;
    this.details = details;
    this.reason = reason;
    this.retryAfter = retryAfter;
  }
}

/** No answer came, or none that the service gives. */
export class UnreachableError extends Error {}

/**
 * Asks the service. A path is relative to the page, so that it is found wherever the page was.
 * @param {string} method
 * @param {string} path
 * @param {{ body?: object | undefined, token?: string | undefined }} [request]
 * @returns {Promise<unknown>} what the answer says, undefined where it says nothing
 * @throws {RefusedError | UnreachableError}
 */
export async function ask(method, path, { body, token } = {}) {
  const headers = new Headers({ Accept: 'application/json' });
  if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
  if (body) headers.set('Content-Type', 'application/json');
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    /** @type {unknown} */
    const answer = text === '' ? undefined : JSON.parse(text);
    if (response.ok) return answer;
    throw new RefusedError(response.status, answer ?? {}, Number(response.headers.get('Retry-After')));
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    throw new UnreachableError('', { cause: error });
  }
}
