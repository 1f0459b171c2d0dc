import { byId, setAttribute, setText } from './dom.js';
import { recall, remember } from './preferences.js';

/** Keys that work anywhere on the page, with what they do. Single keys can be switched off in the help. */
export type Shortcuts = Readonly<Record<string, () => void>>;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  );
}

/** Listens for the keys, and for `?`, which opens the help. */
export function startShortcuts(shortcuts: Shortcuts): void {
  const dialog = byId('help') as HTMLDialogElement;
  const toggle = byId('keys-toggle');
  let on = recall('keys') !== 'off';
  const show = (): void => {
    setAttribute(toggle, 'aria-pressed', String(on));
    setText(toggle, on ? 'Single keys are on' : 'Single keys are off');
  };
  toggle.addEventListener('click', () => {
    on = !on;
    remember('keys', on ? 'on' : 'off');
    show();
  });
  const openHelp = (): void => {
    if (!dialog.open) dialog.showModal();
  };
  byId('help-open').addEventListener('click', openHelp);
  byId('help-close').addEventListener('click', () => dialog.close());
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!on || isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
    const action = event.key === '?' ? openHelp : shortcuts[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
  show();
}
