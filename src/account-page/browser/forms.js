import { byId } from './elements.js';
import { complain, hush } from './messages.js';
import { RefusedError } from './service.js';
import { sentenceFor } from './words.js';

/**
 * Lets a form be sent, one time after another, and tells what is wrong beside the fields it is about.
 * @param {string} id
 * @param {(fields: Readonly<Record<string, string>>) => Promise<void>} send
 * @param {(error: unknown) => boolean} isHandled tells whether an error was taken care of elsewhere
 */
export function onSubmit(id, send, isHandled) {
  const form = byId(id, HTMLFormElement);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (form.ariaBusy !== 'true') void submit(form, send, isHandled);
  });
  for (const button of form.querySelectorAll('button[aria-pressed]')) watchReveal(button);
}

/**
 * Empties a form, with all that was said about it.
 * @param {HTMLFormElement} form
 */
export function reset(form) {
  form.reset();
  hidePasswords(form);
  clearFaults(form);
}

/**
 * @param {HTMLFormElement} form
 * @param {(fields: Readonly<Record<string, string>>) => Promise<void>} send
 * @param {(error: unknown) => boolean} isHandled
 */
async function submit(form, send, isHandled) {
  hush();
  clearFaults(form);
  if (!requireFilled(form)) return;
  form.ariaBusy = 'true';
  // A password that stands there as plain text would be remembered as such.
  hidePasswords(form);
  try {
    await send(fieldsOf(form));
    reset(form);
  } catch (error) {
    if (!isHandled(error)) tell(form, error);
  } finally {
    form.ariaBusy = 'false';
  }
}

/**
 * @param {HTMLFormElement} form
 * @returns {Record<string, string>} what was filled in, by name
 */
function fieldsOf(form) {
  const filled = inputsOf(form).filter(({ value }) => value !== '');
  return Object.fromEntries(filled.map(({ name, value }) => [name, value]));
}

/** @param {HTMLFormElement} form */
function requireFilled(form) {
  const missing = inputsOf(form).filter(({ validity }) => validity.valueMissing);
  for (const input of missing) setFault(input, 'This is needed.');
  missing[0]?.focus();
  return missing.length === 0;
}

/**
 * @param {HTMLFormElement} form
 * @param {unknown} error
 */
function tell(form, error) {
  const faulty = inputsOf(form).flatMap((input) => {
    const fault = faultOf(input, error);
    if (fault === undefined) return [];
    setFault(input, fault);
    return [input];
  });
  if (faulty[0]) faulty[0].focus();
  else complain(sentenceFor(error));
}

/**
 * What an error says of this field.
 * @param {HTMLInputElement} input
 * @param {unknown} error
 */
function faultOf(input, error) {
  if (!(error instanceof RefusedError)) return undefined;
  if (error.code === 'invalid_credentials') return input.dataset['wrong'];
  const message = error.details.find(({ field }) => field === input.name)?.message;
  return message && `This ${message}.`;
}

/**
 * @param {HTMLInputElement} input
 * @param {string} fault empty where there is none
 */
function setFault(input, fault) {
  byId(`${input.id}-fault`, HTMLElement).textContent = fault;
  if (fault === '') input.removeAttribute('aria-invalid');
  else input.setAttribute('aria-invalid', 'true');
}

/** @param {HTMLFormElement} form */
function clearFaults(form) {
  for (const input of inputsOf(form)) setFault(input, '');
}

/** @param {Element} button */
function watchReveal(button) {
  button.addEventListener('click', () => {
    const input = button.previousElementSibling;
    if (input instanceof HTMLInputElement) reveal(input, button, input.type === 'password');
  });
}

/** @param {HTMLFormElement} form */
function hidePasswords(form) {
  for (const button of form.querySelectorAll('button[aria-pressed]')) {
    const input = button.previousElementSibling;
    if (input instanceof HTMLInputElement) reveal(input, button, false);
  }
}

/**
 * @param {HTMLInputElement} input
 * @param {Element} button
 * @param {boolean} shown
 */
function reveal(input, button, shown) {
  input.type = shown ? 'text' : 'password';
  button.setAttribute('aria-pressed', String(shown));
}

/**
 * The fields that people fill in.
 * @param {HTMLFormElement} form
 */
function inputsOf(form) {
  return [...form.querySelectorAll('input')].filter(({ hidden }) => !hidden);
}
