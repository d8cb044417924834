import { byId } from './elements.js';

const status = byId('status', HTMLElement);
const alert = byId('alert', HTMLElement);

/**
 * Says what was done; a screen reader says it after what it is saying.
 * @param {string} text
 */
export function say(text) {
  status.textContent = text;
  alert.textContent = '';
}

/**
 * Says what went wrong, at once.
 * @param {string} text
 */
export function complain(text) {
  status.textContent = '';
  alert.textContent = text;
}

/** Takes away what was said: it is about something else than what is done now. */
export function hush() {
  status.textContent = '';
  alert.textContent = '';
}
