import { h, setAttribute } from './dom.js';
import { recall, remember } from './preferences.js';

export interface Choice<Value> {
  readonly label: string;
  readonly value: Value;
}

/** A row of buttons of which one is pressed, in one or more places of the page; remembered under its name. */
export class ChoiceRow<Value> {
  readonly #name: string;
  readonly #hosts: readonly HTMLElement[];
  readonly #onChange: () => void;
  #choices: readonly Choice<Value>[] = [];
  #buttons: readonly HTMLButtonElement[] = [];
  #label: string | null;

  constructor(hosts: readonly HTMLElement[], name: string, title: string, onChange: () => void) {
    this.#name = name;
    this.#hosts = hosts;
    this.#onChange = onChange;
    this.#label = recall(name);
    for (const host of hosts) host.append(h('span', { 'aria-hidden': 'true' }, title));
  }

  /** Offers these; a remembered or pressed one stays pressed, else the standard one is. */
  offer(choices: readonly Choice<Value>[], standard: string): this {
    const same =
      choices.length === this.#choices.length &&
      choices.every((one, i) => one.label === this.#choices[i]?.label);
    this.#choices = choices;
    if (!choices.some(({ label }) => label === this.#label)) this.#label = standard;
    if (!same) this.#build();
    this.#show();
    return this;
  }

  /** The value of the pressed button. @throws Error before anything was offered */
  get value(): Value {
    const chosen = this.#choices.find(({ label }) => label === this.#label) ?? this.#choices[0];
    if (chosen === undefined) throw new Error(`nothing to choose from in ${this.#name}`);
    return chosen.value;
  }

  /** Presses a button as the reader would, without telling anyone. */
  set(label: string): void {
    this.#label = label;
    this.#show();
  }

  #build(): void {
    for (const button of this.#buttons) button.remove();
    this.#buttons = this.#hosts.flatMap((host) => {
      const buttons = this.#choices.map(({ label }) => this.#button(label));
      host.append(...buttons);
      return buttons;
    });
  }

  #button(label: string): HTMLButtonElement {
    const button = h('button', { type: 'button', class: 'tool' }, label);
    button.addEventListener('click', () => {
      this.#label = label;
      remember(this.#name, label);
      this.#show();
      this.#onChange();
    });
    return button;
  }

  #show(): void {
    for (const button of this.#buttons) {
      setAttribute(button, 'aria-pressed', String(button.textContent === this.#label));
    }
  }
}
