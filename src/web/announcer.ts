import { setText } from './dom.js';
import type { Store } from './state/store.js';
import { travelSentence } from './travel-bar.js';
import { qualitySentences, type Quality } from './state/reasons.js';

/** Tells assistive technology when the selected zone's quality or the connection changes; never on each frame. */
export class Announcer {
  readonly #region: HTMLElement;
  #zone: string | null = null;
  #quality: Quality | null = null;
  #phase: string | null = null;
  #place: string | null = null;

  constructor(region: HTMLElement) {
    this.#region = region;
  }

  update(store: Store, timeZone: string): void {
    this.#announceTravel(store, timeZone);
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

  /** Where the reader went in time, once it is there. */
  #announceTravel({ travel }: Store, timeZone: string): void {
    if (travel?.state === 'loading') return;
    const place = travel === null ? null : `${travel.zone} ${travel.atMs} ${travel.state}`;
    if (place === this.#place) return;
    this.#place = place;
    this.#say(travel === null ? 'Live again.' : travelSentence(travel, timeZone));
  }

  #say(text: string): void {
    setText(this.#region, text);
  }
}
