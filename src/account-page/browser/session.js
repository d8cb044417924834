import { ask, RefusedError, UnreachableError } from './service.js';

/** @typedef {{ access_token: string, expires_in: number }} Answer */

const PATH = 'account/session';
/** An access token that is about to expire is not sent any more. */
const MARGIN_MS = 10_000;

const SIGNED_IN = 'signed in';
const SIGNED_OUT = 'signed out';

/**
 * The access token is kept here and nowhere else: it goes with the page. The refresh token is in a cookie that no script
 * can read.
 * @type {{ token: string, userId: string, expiresAt: number } | undefined}
 */
let access;

/** The tabs share the cookie, and tell each other when it is another session's. */
const tabs = new BroadcastChannel('gatehouse-session');

/** Nobody is signed in any more. `reason` is the service's: why the session was cut, or the code of the refusal. */
export class SignedOutError extends Error {
  /** @param {string} reason */
  constructor(reason) {
    super();
    this.reason = reason;
  }
}

/** Somebody else has signed in, in another tab: what this page shows is not theirs. */
export class OtherUserError extends Error {}

/** @param {(isSignedIn: boolean) => void} listener is told when another tab has signed in or out */
export function onChangeElsewhere(listener) {
  tabs.addEventListener('message', ({ data }) => {
    listener(data === SIGNED_IN);
  });
}

/**
 * @param {{ username: string, password: string }} credentials
 * @throws {RefusedError | UnreachableError}
 */
export async function signIn(credentials) {
  await inTurn(async () => {
    access = undefined;
    keep(await ask('POST', PATH, { body: credentials }));
  });
  tabs.postMessage(SIGNED_IN);
}

/**
 * Ends the session, and forgets it.
 * @throws {RefusedError | UnreachableError}
 */
export async function signOut() {
  await inTurn(() => ask('DELETE', PATH));
  access = undefined;
  tabs.postMessage(SIGNED_OUT);
}

/**
 * Takes up the session of the cookie.
 * @throws {SignedOutError | OtherUserError | RefusedError | UnreachableError}
 */
export async function resume() {
  await inTurn(async () => {
    keep(await askOnceMore('POST', `${PATH}/refresh`).catch(asSignedOut));
  });
}

/**
 * Asks as the user who is signed in, with an access token that holds.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<unknown>}
 * @throws {SignedOutError | OtherUserError | RefusedError | UnreachableError}
 */
export async function askAsUser(method, path, body) {
  if (!access || access.expiresAt - MARGIN_MS < Date.now()) await resume();
  try {
    return await ask(method, path, { body, token: access?.token });
  } catch (error) {
    if (!(error instanceof RefusedError && error.code.startsWith('token_'))) throw error;
    await resume();
    return ask(method, path, { body, token: access?.token });
  }
}

/**
 * As {@link askAsUser}, for what the service does only shortly after the password was given: it is given again where
 * that is due.
 * @param {string} method
 * @param {string} path
 * @param {object} body
 * @param {string} password
 */
export async function askWithPassword(method, path, body, password) {
  try {
    await askAsUser(method, path, body);
  } catch (error) {
    if (!(error instanceof RefusedError && error.code === 'fresh_token_required')) throw error;
    keep(await askAsUser('POST', 'reauthenticate', { password }));
    await askAsUser(method, path, body);
  }
}

/**
 * One tab at a time: of two answers that set the cookie, the later must not be overtaken by the earlier. Without the
 * lock, as over plain HTTP, the service still tolerates a token that comes twice.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function inTurn(work) {
  const locks = /** @type {LockManager | undefined} */ (navigator.locks);
  return locks ? locks.request('gatehouse-session', work) : work();
}

/**
 * A lost answer costs nothing: the same token may come again.
 * @param {string} method
 * @param {string} path
 */
async function askOnceMore(method, path) {
  try {
    return await ask(method, path);
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    return ask(method, path);
  }
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function asSignedOut(error) {
  if (!(error instanceof RefusedError && error.status === 401)) throw error;
  access = undefined;
  throw new SignedOutError(error.reason || error.code);
}

/** @param {unknown} answer */
function keep(answer) {
  const { access_token, expires_in } = /** @type {Answer} */ (answer);
  const userId = subjectOf(access_token);
  if (access && access.userId !== userId) throw new OtherUserError();
  access = { token: access_token, userId, expiresAt: Date.now() + expires_in * 1000 };
}

/**
 * Whose token it is. The service verifies it, not the page.
 * @param {string} token
 * @returns {string}
 */
function subjectOf(token) {
  const [, payload = ''] = token.split('.');
  /** @type {unknown} */
  const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
  return /** @type {{ sub: string }} */ (claims).sub;
}
