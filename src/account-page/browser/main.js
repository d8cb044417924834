import { byId, make, makeTime } from './elements.js';
import { onSubmit, reset } from './forms.js';
import { takeLink } from './mail-links.js';
import { complain, hush, say } from './messages.js';
import { showEarlierEvents, showLatestEvents } from './security-events.js';
import { ask, RefusedError } from './service.js';
import {
  askAsUser,
  askWithPassword,
  onChangeElsewhere,
  OtherUserError,
  resume,
  signIn,
  SignedOutError,
  signOut,
} from './session.js';
import { endOtherSessions, endSession, showSessions } from './sessions.js';
import { endingFor, sentenceFor } from './words.js';

/** @typedef {'unreachable' | 'sign-in' | 'register' | 'forgot' | 'reset' | 'account'} View */
/** @typedef {{ username: string, email: string | null, created_at: string }} Profile */

/** The token of a link to set another password, until it is used. */
let resetToken = '';

/** Does what the link in a mail asks for, if the page was opened by one. */
async function follow() {
  const link = takeLink();
  if (link?.purpose === 'reset-password') {
    resetToken = link.token;
    open('reset');
    return;
  }
  await start();
  if (link?.purpose === 'verify-email') await attempt(() => verifyEmail(link.token));
}

/** @param {string} token */
async function verifyEmail(token) {
  await ask('POST', 'email/verify', { body: { token } });
  if (isShown('account')) await openAccount();
  say('Your email address is confirmed.');
}

/** Shows who is signed in, or lets somebody sign in. Says nothing to a visitor who never was. */
async function start() {
  const wasSignedIn = isShown('account');
  try {
    await resume();
    await openAccount();
  } catch (error) {
    if (error instanceof SignedOutError && error.reason === 'token_missing' && !wasSignedIn) open('sign-in');
    else if (!isSessionLost(error)) open('unreachable');
  }
}

async function openAccount() {
  const profile = /** @type {Profile} */ (await askAsUser('GET', 'users/me'));
  showProfile(profile);
  open('account');
  await Promise.all([refreshSessions(), attempt(showLatestEvents)]);
}

/** @param {Profile} profile */
function showProfile({ username, email, created_at }) {
  byId('hello', HTMLElement).textContent = username;
  byId('profile', HTMLElement).replaceChildren(
    make('dt', 'Email'),
    make('dd', email ?? 'none'),
    make('dt', 'Member since'),
    make('dd', makeTime(created_at)),
  );
  // Password managers look for the name that a password goes with.
  for (const input of document.querySelectorAll('input[name="username"][hidden]'))
    if (input instanceof HTMLInputElement) input.defaultValue = username;
}

/**
 * Shows one view and moves the focus to its heading, so that a screen reader goes on there.
 * @param {View} view
 */
function open(view) {
  for (const element of document.querySelectorAll('[data-view]'))
    if (element instanceof HTMLElement) element.hidden = element.dataset['view'] !== view;
  for (const form of document.forms) reset(form);
  for (const details of document.querySelectorAll('details')) details.open = false;
  byId('sign-out', HTMLElement).hidden = view !== 'account';
  const heading = document.querySelector(`[data-view="${view}"] h2`);
  if (heading instanceof HTMLElement) heading.focus();
}

/** @param {View} view */
function isShown(view) {
  return document.querySelector(`[data-view="${view}"]:not([hidden])`) !== null;
}

/**
 * Takes care of an error that says that nobody is signed in any more, or somebody else.
 * @param {unknown} error
 */
function isSessionLost(error) {
  if (error instanceof OtherUserError) window.location.reload();
  else if (error instanceof SignedOutError) {
    forget();
    complain(endingFor(error.reason));
  } else return false;
  return true;
}

/** Leaves nothing of the user on the page. */
function forget() {
  open('sign-in');
  for (const id of ['hello', 'profile', 'sessions', 'events']) byId(id, HTMLElement).replaceChildren();
}

/**
 * Does what a button is for, and says how it went.
 * @param {() => Promise<void>} work
 */
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    if (!isSessionLost(error)) complain(sentenceFor(error));
  }
}

function refreshSessions() {
  return attempt(() =>
    showSessions((session) => {
      void attempt(async () => {
        await endSession(session).catch(unlessGone);
        await afterEnding('The session was ended.');
      });
    }),
  );
}

/** @param {string} text */
async function afterEnding(text) {
  await refreshSessions();
  say(text);
  byId('sessions-title', HTMLElement).focus();
}

/** @param {unknown} error */
function unlessGone(error) {
  if (!(error instanceof RefusedError && error.status === 404)) throw error;
}

/**
 * @param {string} id
 * @param {() => Promise<void>} work
 */
function onClick(id, work) {
  byId(id, HTMLButtonElement).addEventListener('click', () => {
    hush();
    void attempt(work);
  });
}

onSubmit(
  'sign-in',
  async ({ username = '', password = '' }) => {
    await signIn({ username, password });
    await openAccount();
  },
  isSessionLost,
);

onSubmit(
  'register',
  async (account) => {
    const { username = '', password = '' } = account;
    await ask('POST', 'register', { body: account });
    await signIn({ username, password });
    await openAccount();
    say('Your account is made, and you are signed in.');
  },
  isSessionLost,
);

onSubmit(
  'forgot',
  async (address) => {
    await ask('POST', 'password/forgot', { body: address });
    open('sign-in');
    say('If there is an account with this address, a mail is on its way to it.');
  },
  isSessionLost,
);

onSubmit(
  'reset',
  async (passwords) => {
    await ask('POST', 'password/reset', { body: { ...passwords, token: resetToken } });
    resetToken = '';
    open('sign-in');
    say('Your new password is set. Sign in with it.');
  },
  isSessionLost,
);

onSubmit(
  'change-password',
  async (passwords) => {
    const { current_password = '' } = passwords;
    await askWithPassword('POST', 'users/me/password', passwords, current_password);
    await refreshSessions();
    say('The password was changed. All your other sessions were ended.');
  },
  isSessionLost,
);

onSubmit(
  'delete-account',
  async ({ password = '' }) => {
    await askWithPassword('DELETE', 'users/me', { password }, password);
    forget();
    await signOut();
    say('Your account was deleted.');
  },
  isSessionLost,
);

onClick('sign-out', async () => {
  await signOut();
  forget();
  say('You are signed out.');
});
onClick('end-others', async () => {
  await endOtherSessions();
  await afterEnding('All your other sessions were ended.');
});
onClick('more-events', showEarlierEvents);
onClick('try-again', start);
onChangeElsewhere((isSignedIn) => {
  if (isSignedIn || isShown('account')) void start();
});

for (const button of document.querySelectorAll('[data-open]'))
  button.addEventListener('click', () => {
    hush();
    if (button instanceof HTMLElement) open(/** @type {View} */ (button.dataset['open']));
  });

// One after another: a link may be opened while the page is still finding out who is signed in.
let following = follow();
window.addEventListener('hashchange', () => {
  following = following.then(follow);
});
