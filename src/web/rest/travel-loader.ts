import type { Store } from '../state/store.js';
import { newTravel, type Travel } from '../state/travel.js';
import { shownHorizon } from '../state/zone.js';
import type { RestClient } from './client.js';
import { fetchSeries } from './series-loader.js';

const HOUR_MS = 3_600_000;
/** A path reaches this far, and what came of it is shown with it. */
const AHEAD_MS = 25 * HOUR_MS;

/** Takes the page to a moment of the past and back. Only the latest wish counts: answers to earlier ones are dropped. */
export class TravelLoader {
  readonly #store: Store;
  readonly #rest: RestClient;

  constructor(store: Store, rest: RestClient) {
    this.#store = store;
    this.#rest = rest;
  }

  /** Back to now. */
  leave(): void {
    if (this.#store.travel === null) return;
    this.#store.travel = null;
    this.#store.touch('travel');
  }

  /**
   * Shows the moment. The path before it stays on the page until the new one is there, so that stepping does not flicker.
   * @param pastMs how much before the moment is shown
   */
  async visit(zone: string, atMs: number, pastMs: number, wantedHorizon: number): Promise<void> {
    const before = this.#store.travel;
    const travel: Travel =
      before?.zone === zone ? { ...before, atMs, state: 'loading', problem: '' } : newTravel(zone, atMs);
    this.#store.travel = travel;
    this.#store.touch('travel');
    try {
      await this.#fill(travel, pastMs, wantedHorizon);
      travel.state = 'ready';
    } catch (error) {
      travel.state = 'failed';
      travel.nowcast = null;
      travel.problem = error instanceof Error ? error.message : String(error);
    }
    if (this.#store.travel === travel) this.#store.touch('travel');
  }

  async #fill(travel: Travel, pastMs: number, wantedHorizon: number): Promise<void> {
    const { zone, atMs } = travel;
    const span = { fromMs: atMs - pastMs, toMs: atMs + AHEAD_MS };
    const view = this.#store.zones.get(zone);
    const horizon = view === undefined ? wantedHorizon : shownHorizon(view, wantedHorizon);
    const [nowcast] = await Promise.all([
      this.#rest.nowcastAt(zone, atMs),
      fetchSeries.demand(this.#rest, zone, span, travel),
      fetchSeries.predicted(this.#rest, zone, span, travel, horizon),
      fetchSeries.temperature(this.#rest, zone, span, travel),
      fetchSeries.operator(this.#rest, zone, span, travel),
    ]);
    travel.nowcast = nowcast;
  }
}
