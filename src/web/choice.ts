import { h, setAttribute } from './dom.js';
import { recall, remember } from './preferences.js';

export interface Choice {
  readonly label: string;
  readonly hours: number;
}

/** A row of buttons of which one is pressed; remembered. */
export class ChoiceRow {
  readonly #name: string;
  readonly #buttons: readonly HTMLButtonElement[];
  #choice: Choice;

  constructor(
    host: HTMLElement,
    name: string,
    title: string,
    choices: readonly Choice[],
    standard: Choice,
    onChange: () => void,
  ) {
    this.#name = name;
    const remembered = recall(name);
    this.#choice = choices.find((choice) => choice.label === remembered) ?? standard;
    this.#buttons = choices.map((choice) => {
      const button = h('button', { type: 'button', class: 'tool' }, choice.label);
      button.addEventListener('click', () => {
        this.#choice = choice;
        remember(this.#name, choice.label);
        this.#show();
        onChange();
      });
      return button;
    });
    host.append(h('span', { 'aria-hidden': 'true' }, title), ...this.#buttons);
    this.#show();
  }

  get hours(): number {
    return this.#choice.hours;
  }

  #show(): void {
    for (const button of this.#buttons) {
      setAttribute(button, 'aria-pressed', String(button.textContent === this.#choice.label));
    }
  }
}
