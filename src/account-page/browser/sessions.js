import { byId, make, makeTime } from './elements.js';
import { askAsUser } from './session.js';
import { deviceName } from './words.js';

/** @typedef {{ id: string, created_at: string, last_used_at: string, ip: string | null, user_agent: string | null, current: boolean }} Session */

const PATH = 'users/me/sessions';
const list = byId('sessions', HTMLElement);
const endOthers = byId('end-others', HTMLButtonElement);

/**
 * Lists where the user is signed in.
 * @param {(session: Session) => void} end what the button of a session does
 */
export async function showSessions(end) {
  const sessions = await loadSessions();
  list.replaceChildren(...sessions.map((session) => rowOf(session, end)));
  endOthers.hidden = sessions.length < 2;
}

/** Loads all pages. */
async function loadSessions() {
  /** @type {Session[]} */
  const all = [];
  /** @type {string | null} */
  let cursor = '';
  do {
    const query = cursor === '' ? '' : `&cursor=${cursor}`;
    const answer = await askAsUser('GET', `${PATH}?limit=100${query}`);
    const page = /** @type {{ sessions: Session[], next_cursor: string | null }} */ (answer);
    all.push(...page.sessions);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return all;
}

/** @param {Session} session */
export async function endSession({ id }) {
  await askAsUser('DELETE', `${PATH}/${encodeURIComponent(id)}`);
}

export async function endOtherSessions() {
  await askAsUser('DELETE', PATH);
}

/**
 * @param {Session} session
 * @param {(session: Session) => void} end
 */
function rowOf(session, end) {
  const { created_at, last_used_at, ip, user_agent, current } = session;
  const name = deviceName(user_agent);
  const place = ip === null ? [] : [` · ${ip}`];
  const text = make(
    'div',
    name,
    make('small', 'Last used ', makeTime(last_used_at), ...place),
    make('small', 'Signed in ', makeTime(created_at)),
  );
  return make('li', text, current ? badge('This one') : endButton(name, session, end));
}

/** @param {string} text */
function badge(text) {
  const element = make('span', text);
  element.className = 'badge';
  return element;
}

/**
 * @param {string} name
 * @param {Session} session
 * @param {(session: Session) => void} end
 */
function endButton(name, session, end) {
  const button = make('button', 'End');
  button.type = 'button';
  button.className = 'quiet';
  button.ariaLabel = `End the session of ${name}`;
  button.addEventListener('click', () => {
    end(session);
  });
  return button;
}
