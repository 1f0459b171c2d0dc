/** The key of this browser tab, for services that do not let everybody read. Gone with the tab. */
const NAME = 'nowcast.key';

export interface Refusal {
  /** The server's own words. */
  readonly detail: string;
  /** True when a key was sent and was not accepted. */
  readonly hadKey: boolean;
}

function recalled(): string | null {
  try {
    return sessionStorage.getItem(NAME);
  } catch {
    return null;
  }
}

/** Holds the key, and stops asking the server once it has refused: each refused call counts against this address. */
export class Access {
  #key = recalled();
  #refused = false;
  /** Called once for each key (or none) that was refused. */
  onRefused: (refusal: Refusal) => void = () => undefined;

  get key(): string | null {
    return this.#key;
  }

  /** True from a refusal until another key is there. */
  get refused(): boolean {
    return this.#refused;
  }

  /** Headers of a call. */
  headers(): Record<string, string> {
    return this.#key === null ? {} : { authorization: `Bearer ${this.#key}` };
  }

  /** The server has answered 401 or 403 to a call that was sent with `sentKey`. */
  refuse(detail: string, sentKey: string | null): void {
    if (this.#refused || sentKey !== this.#key) return;
    this.#refused = true;
    this.onRefused({ detail, hadKey: sentKey !== null });
  }

  /** Takes another key. */
  take(key: string): void {
    this.#key = key;
    this.#refused = false;
    try {
      sessionStorage.setItem(NAME, key);
    } catch {
      // Without storage the key lasts until the page is loaded again.
    }
  }
}
