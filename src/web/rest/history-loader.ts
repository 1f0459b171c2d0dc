import type { Store } from '../state/store.js';
import { demandEndMs, type ZoneView } from '../state/zone.js';
import type { RestClient } from './client.js';
import { fetchSeries, type Span } from './series-loader.js';

const HOUR_MS = 3_600_000;
/** A page that was asleep longer than this shows a gap until it is reloaded. */
const LONGEST_ABSENCE_MS = 7 * 24 * HOUR_MS;
/** The operator's forecasts reach ahead. */
const AHEAD_MS = 48 * HOUR_MS;
/** Corrections and what a slow sink wrote late are picked up this often. */
const REFRESH_MS = 5 * 60_000;
/** Weather and the operator's forecast may be absent for good: not asked for again at once. */
const ABSENT_MS = 30_000;

interface Loaded {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Fetches the past that the feed does not carry, once a zone and range; the feed keeps it current from then on. */
export class HistoryLoader {
  readonly #store: Store;
  readonly #rest: RestClient;
  readonly #loaded = new Map<string, Loaded>();

  constructor(store: Store, rest: RestClient) {
    this.#store = store;
    this.#rest = rest;
  }

  /** After a reconnect: what was fetched may lack what was missed. */
  forget(): void {
    this.#loaded.clear();
  }

  /** Fetches demand of the zone back to `pastMs` ago unless it is there. */
  loadDemand(view: ZoneView, pastMs: number): Promise<void> {
    return this.#once(view, 'demand', this.#span(view, pastMs), 0, (span) =>
      fetchSeries.demand(this.#rest, view.info.zone, span, view),
    );
  }

  /** Fetches what was predicted that far ahead, unless it is there. */
  loadPredicted(view: ZoneView, pastMs: number, horizonMinutes: number): Promise<void> {
    return this.#once(view, `predicted ${horizonMinutes}`, this.#span(view, pastMs), 0, (span) =>
      fetchSeries.predicted(this.#rest, view.info.zone, span, view, horizonMinutes),
    );
  }

  /** Fetches the measured temperature, unless it is there. */
  loadTemperature(view: ZoneView, pastMs: number): Promise<void> {
    return this.#once(view, 'temperature', this.#span(view, pastMs), ABSENT_MS, (span) =>
      fetchSeries.temperature(this.#rest, view.info.zone, span, view),
    );
  }

  /** Fetches what the operator forecast, unless it is there. */
  loadOperator(view: ZoneView, pastMs: number): Promise<void> {
    const { fromMs, toMs } = this.#span(view, pastMs);
    return this.#once(view, 'operator', { fromMs, toMs: toMs + AHEAD_MS }, ABSENT_MS, (span) =>
      fetchSeries.operator(this.#rest, view.info.zone, span, view),
    );
  }

  /** Fetches what was measured of the supply side, unless it is there. */
  loadSupply(view: ZoneView, pastMs: number): Promise<void> {
    return this.#once(view, 'supply', this.#span(view, pastMs), ABSENT_MS, async ({ fromMs, toMs }) => {
      view.supply = (await this.#rest.supply(view.info.zone, fromMs, toMs)).series;
      return view.supply.length;
    });
  }

  #span(view: ZoneView, pastMs: number): Span {
    const endMs = Math.max(demandEndMs(view) ?? 0, view.info.latestDemandMs ?? 0) || this.#store.nowMs();
    // Recorded data may end years before now; a range that long would be refused.
    const toMs = Math.max(endMs, Math.min(this.#store.nowMs(), endMs + LONGEST_ABSENCE_MS));
    return { fromMs: endMs - pastMs, toMs: toMs + HOUR_MS };
  }

  /**
   * Runs the fetch unless one for this range or a longer one was run lately. One that failed or brought nothing is run
   * again when asked (or after `absentMs`): at the first start the history fills while the page is already open.
   */
  async #once(
    view: ZoneView,
    what: string,
    span: Span,
    absentMs: number,
    fetch: (span: Span) => Promise<number>,
  ): Promise<void> {
    const key = `${view.info.zone}\n${what}`;
    const before = this.#loaded.get(key);
    const nowMs = Date.now();
    if (before !== undefined && before.fromMs <= span.fromMs + HOUR_MS && nowMs < before.untilMs) return;
    this.#loaded.set(key, { fromMs: span.fromMs, untilMs: nowMs + REFRESH_MS });
    try {
      const count = await fetch(span);
      this.#store.touch('frames');
      if (count > 0) return;
      if (absentMs === 0) this.#loaded.delete(key);
      else this.#loaded.set(key, { fromMs: span.fromMs, untilMs: nowMs + absentMs });
    } catch (error) {
      this.#loaded.delete(key);
      throw error;
    }
  }
}
