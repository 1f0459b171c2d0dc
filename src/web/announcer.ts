import { setText } from './dom.js';
import type { Store } from './state/store.js';
import { qualitySentences, type Quality } from './state/reasons.js';

/** Tells assistive technology when the selected zone's quality or the connection changes; never on each frame. */
export class Announcer {
  readonly #region: HTMLElement;
  #zone: string | null = null;
  #quality: Quality | null = null;
  #phase: string | null = null;

  constructor(region: HTMLElement) {
    this.#region = region;
  }

  update(store: Store): void {
    const view = store.selectedView();
    const quality = view?.nowcast?.quality ?? null;
    const sameZone = view !== null && this.#zone === view.info.zone;
    if (view?.nowcast && quality !== null && quality !== this.#quality && (sameZone || quality !== 'ok')) {
      const { reasons, modelVersion } = view.nowcast;
      const sentences = qualitySentences(quality, reasons, modelVersion).join(' ');
      this.#say(`${view.info.name}: ${sentences || 'Nowcast by the model, with all its inputs.'}`);
    }
    if (this.#phase !== null && this.#phase !== store.feed.phase) {
      if (store.feed.phase === 'live') this.#say('Connected, live.');
      if (store.feed.phase === 'reconnecting') this.#say('Connection lost, reconnecting.');
    }
    this.#zone = view?.info.zone ?? null;
    this.#quality = quality;
    this.#phase = store.feed.phase;
  }

  #say(text: string): void {
    setText(this.#region, text);
  }
}
