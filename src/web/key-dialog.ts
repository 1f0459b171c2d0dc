import type { Access } from './access.js';
import { byId, setText } from './dom.js';

/** Asks for a key when the server wants one. @param onKey called with the page ready to ask the server again */
export function startKeyDialog(access: Access, onKey: () => void): void {
  const dialog = byId('key-dialog') as HTMLDialogElement;
  const input = byId('key-input') as HTMLInputElement;
  access.onRefused = ({ detail, hadKey }) => {
    setText(byId('key-problem'), hadKey ? `That key was not accepted: ${detail}` : detail);
    input.value = '';
    if (!dialog.open) dialog.showModal();
    input.focus();
  };
  // Nothing on the page works without a key.
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  byId('key-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const key = input.value.trim();
    if (key === '') return;
    access.take(key);
    dialog.close();
    onKey();
  });
}
