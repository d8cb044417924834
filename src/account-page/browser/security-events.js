import { byId, make, makeTime } from './elements.js';
import { RefusedError } from './service.js';
import { askAsUser } from './session.js';
import { deviceName, eventName } from './words.js';

/** @typedef {{ type: string, outcome: string, ip: string | null, user_agent: string | null, created_at: string }} SecurityEvent */

const AT_ONCE = 10;
const list = byId('events', HTMLElement);
const none = byId('events-none', HTMLElement);
const more = byId('more-events', HTMLButtonElement);

/**
 * Where the next events begin, null after the last.
 * @type {string | null}
 */
let next = null;

/** Lists the latest events, in place of those that are there. */
export async function showLatestEvents() {
  const events = await load(null);
  list.replaceChildren(...events.map(rowOf));
  none.hidden = events.length > 0;
}

/** Adds the events before those that are there. */
export async function showEarlierEvents() {
  const rows = (await load(next)).map(rowOf);
  list.append(...rows);
  rows[0]?.focus();
}

/**
 * @param {string | null} cursor
 * @returns {Promise<SecurityEvent[]>}
 */
async function load(cursor) {
  const query = new URLSearchParams({ limit: String(AT_ONCE), ...(cursor !== null && { cursor }) });
  const answer = await askAsUser('GET', `users/me/security-events?${query.toString()}`).catch(asUnavailable);
  const { events, next_cursor } = /** @type {{ events: SecurityEvent[], next_cursor: string | null }} */ (
    answer
  );
  next = next_cursor;
  more.hidden = next === null;
  return events;
}

/** @param {unknown} error */
function asUnavailable(error) {
  if (!(error instanceof RefusedError && error.status === 404)) throw error;
  none.textContent = 'Not available here.';
  return { events: [], next_cursor: null };
}

/** @param {SecurityEvent} event */
function rowOf(event) {
  const { ip, user_agent, created_at } = event;
  const where = [...(user_agent === null ? [] : [deviceName(user_agent)]), ...(ip === null ? [] : [ip])];
  const small = make('small', makeTime(created_at), ...where.map((part) => ` · ${part}`));
  const row = make('li', make('div', eventName(event), small));
  row.tabIndex = -1;
  return row;
}
