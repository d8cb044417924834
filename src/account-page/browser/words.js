import { RefusedError, UnreachableError } from './service.js';

/** @type {Readonly<Record<string, string>>} */
const refusals = {
  account_disabled: 'This account is disabled. Ask whoever runs this service.',
  method_not_allowed: 'This is not available here.',
  not_found: 'This is not available here.',
  one_time_token_invalid: 'This link is not good any more. Ask for another.',
  overloaded: 'The service is busy. Try again in a moment.',
  user_exists: 'This username or email address is taken. Choose another.',
  validation_failed: 'Something has to be corrected before this can be done.',
};

/** @type {Readonly<Record<string, string>>} */
const endings = {
  account_deleted: 'This account has been deleted.',
  account_disabled: 'You were signed out, because the account was disabled.',
  admin: 'You were signed out by an administrator. Please sign in again.',
  password_changed: 'You were signed out, because the password was changed. Please sign in with the new one.',
  refresh_token_reused:
    'You were signed out to be safe: somebody may have copied your session. Please sign in again.',
  session_ended: 'This session was ended. Please sign in again.',
  token_missing: 'You are signed out.',
};

/** @type {Readonly<Record<string, string>>} */
const events = {
  email_change_requested: 'Another email address asked for',
  email_changed: 'Email address changed',
  email_verified: 'Email address confirmed',
  password_changed: 'Password changed',
  password_reset: 'Password changed by a link in a mail',
  password_set: 'Password set by an administrator',
  refresh_token_reused: 'A copied session was ended',
  reauthenticated: 'Password given again',
  reauthentication_failed: 'Password given again',
  roles_changed: 'Rights changed by an administrator',
  sessions_ended: 'Sessions ended',
  signed_in: 'Sign-in',
  sign_in_failed: 'Sign-in',
  throttled: 'Too many attempts',
  token_revoked: 'Access withdrawn',
  user_disabled: 'Account disabled',
  user_enabled: 'Account enabled',
  user_registered: 'Account created',
  username_changed: 'Username changed',
};

/**
 * What went wrong, for people.
 * @param {unknown} error
 */
export function sentenceFor(error) {
  if (error instanceof UnreachableError)
    return 'The service does not answer. Check your connection, and try again.';
  if (!(error instanceof RefusedError)) return 'Something went wrong on this page. Reload it, and try again.';
  if (error.code === 'rate_limited') return `Too many attempts. Try again in ${span(error.retryAfter)}.`;
  return refusals[error.code] ?? `${error.message}.`;
}

/**
 * Why somebody is no longer signed in.
 * @param {string} reason
 */
export function endingFor(reason) {
  return endings[reason] ?? 'Your session is over. Please sign in again.';
}

/**
 * What happened, for people; what is not known here by its name.
 * @param {{ type: string, outcome: string }} event
 */
export function eventName({ type, outcome }) {
  const spelled = type.replace(/_failed$/, '').replaceAll('_', ' ');
  const name = events[type] ?? spelled.charAt(0).toUpperCase() + spelled.slice(1);
  return outcome === 'failure' || type.endsWith('_failed') ? `${name} – failed` : name;
}

/**
 * The device that a browser says it runs on.
 * @param {string | null} userAgent
 */
export function deviceName(userAgent) {
  const text = userAgent ?? '';
  const browser = first(text, { Edg: 'Edge', Firefox: 'Firefox', Chrome: 'Chrome', Safari: 'Safari' });
  const system = first(text, {
    Android: 'Android',
    iPhone: 'iPhone',
    iPad: 'iPad',
    Windows: 'Windows',
    Macintosh: 'Mac',
    Linux: 'Linux',
  });
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? system ?? (text.slice(0, 40) || 'An unknown device');
}

/**
 * @param {string} text
 * @param {Record<string, string>} names by the word that tells of each
 */
function first(text, names) {
  return Object.entries(names).find(([word]) => text.includes(word))?.[1];
}

/** @param {number} seconds */
function span(seconds) {
  if (seconds <= 90) return `${String(Math.max(1, seconds))} seconds`;
  return `${String(Math.ceil(seconds / 60))} minutes`;
}
