import { h } from './dom.js';

/** Kept for this tab only, and gone when it is closed. */
const NAME = 'nowcast.key';

let dialog: HTMLDialogElement | null = null;

/** The key or token that the page calls with, if it was given one. */
export function accessKey(): string | null {
  return sessionStorage.getItem(NAME);
}

/** Headers of a call. */
export function authorization(): Record<string, string> {
  const key = accessKey();
  return key === null ? {} : { authorization: `Bearer ${key}` };
}

/**
 * Asks for a key and starts the page over with it. Who puts the question aside is not asked again until the page is
 * loaded anew.
 * @param why what the server said
 */
export function askForKey(why: string): void {
  if (dialog !== null) return;
  const input = h('input', {
    id: 'access-key',
    type: 'password',
    autocomplete: 'off',
    spellcheck: 'false',
    class: 'access-key',
    'aria-describedby': 'access-key-why',
  });
  const form = h(
    'form',
    { method: 'dialog' },
    h('h2', { id: 'access-key-title' }, 'This service needs a key'),
    h('p', { id: 'access-key-why', class: 'hint' }, why),
    h('label', { for: 'access-key' }, 'API key or token with the scope read'),
    input,
    h('p', { class: 'hint' }, 'Kept in this tab until it is closed.'),
    h('p', { class: 'dialog-foot' }, h('button', { type: 'submit', class: 'tool' }, 'Use this key')),
  );
  form.addEventListener('submit', () => {
    const key = input.value.trim();
    if (key === '') sessionStorage.removeItem(NAME);
    else sessionStorage.setItem(NAME, key);
    location.reload();
  });
  dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'access-key-title' }, form);
  document.body.append(dialog);
  dialog.showModal();
}
