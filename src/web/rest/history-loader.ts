import type { Store } from '../state/store.js';
import { demandEndMs, type ZoneView } from '../state/zone.js';
import type { RestClient } from './client.js';

const HOUR_MS = 3_600_000;
const HOUR_MINUTES = 60;
/** A page that was asleep longer than this shows a gap until it is reloaded. */
const LONGEST_ABSENCE_MS = 7 * 24 * HOUR_MS;
/** Enough for a tile's sparkline. */
export const TILE_PAST_MS = 6 * HOUR_MS;
/** Corrections and what a slow sink wrote late are picked up this often. */
const REFRESH_MS = 5 * 60_000;

interface Loaded {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Fetches the past that the feed does not carry, once a zone and range; the feed keeps it current from then on. */
export class HistoryLoader {
  readonly #store: Store;
  readonly #rest: RestClient;
  readonly #demandFromMs = new Map<string, Loaded>();
  readonly #predictedFromMs = new Map<string, Loaded>();

  constructor(store: Store, rest: RestClient) {
    this.#store = store;
    this.#rest = rest;
  }

  /** After a reconnect: what was fetched may lack what was missed. */
  forget(): void {
    this.#demandFromMs.clear();
    this.#predictedFromMs.clear();
  }

  /** Fetches demand of the zone back to `pastMs` ago unless it is there. */
  async loadDemand(view: ZoneView, pastMs: number): Promise<void> {
    const [fromMs, toMs] = this.#range(view, pastMs);
    await this.#once(this.#demandFromMs, view.info.zone, fromMs, async () => {
      const body = await this.#rest.demand(view.info.zone, fromMs, toMs);
      for (const point of body.points) view.demand.set(Date.parse(point.time), point.demandMw);
      view.source ??= body.points.at(-1)?.source ?? null;
      this.#store.touch('frames');
      return body.points.length;
    });
  }

  /** Fetches what was predicted one hour ahead, unless it is there. */
  async loadPredicted(view: ZoneView, pastMs: number): Promise<void> {
    const [fromMs, toMs] = this.#range(view, pastMs);
    await this.#once(this.#predictedFromMs, view.info.zone, fromMs, async () => {
      const body = await this.#rest.history(view.info.zone, HOUR_MINUTES, fromMs, toMs);
      for (const point of body.points) {
        if (point.mw !== null) view.predicted.set(Date.parse(point.time), point.mw);
      }
      this.#store.touch('frames');
      return body.points.length;
    });
  }

  #range(view: ZoneView, pastMs: number): [number, number] {
    const endMs = Math.max(demandEndMs(view) ?? 0, view.info.latestDemandMs ?? 0) || this.#store.nowMs();
    // Recorded data may end years before now; a range that long would be refused.
    const toMs = Math.max(endMs, Math.min(this.#store.nowMs(), endMs + LONGEST_ABSENCE_MS));
    return [endMs - pastMs, toMs + HOUR_MS];
  }

  /**
   * Runs the fetch unless one for this range or a longer one was run lately. One that failed or brought nothing is run
   * again when asked: at the first start the history fills while the page is already open.
   */
  async #once(
    known: Map<string, Loaded>,
    zone: string,
    fromMs: number,
    fetch: () => Promise<number>,
  ): Promise<void> {
    const before = known.get(zone);
    const nowMs = Date.now();
    if (before !== undefined && before.fromMs <= fromMs + HOUR_MS && nowMs < before.untilMs) return;
    known.set(zone, { fromMs, untilMs: nowMs + REFRESH_MS });
    try {
      if ((await fetch()) === 0) known.delete(zone);
    } catch (error) {
      known.delete(zone);
      throw error;
    }
  }
}
