import type { ZoneSummary } from '../../contracts/generated/rest-zones.js';
import { isTimeZone } from '../format.js';
import type { Store } from '../state/store.js';
import type { ZoneInfo } from '../state/zone.js';
import type { RestClient } from './client.js';

const MINUTE_MS = 60_000;
const PERIODS_MS = {
  zones: 30_000,
  zonesWhenNone: 2_000,
  status: 5_000,
  alerts: 10_000,
  accuracy: 20_000,
  models: 20_000,
};

function zoneInfo(summary: ZoneSummary): ZoneInfo {
  return {
    zone: summary.zone,
    name: summary.name,
    timeZone: isTimeZone(summary.timeZone) ? summary.timeZone : 'UTC',
    stepMinutes: summary.stepMinutes,
    lateAfterMs: summary.lateAfterMinutes * MINUTE_MS,
    latestDemandMs: summary.latestDemandTime === null ? null : Date.parse(summary.latestDemandTime),
  };
}

/** Keeps the slow parts of the page current. A failing endpoint is asked again at its own pace, and the page says so. */
export class Poller {
  readonly #store: Store;
  readonly #rest: RestClient;
  readonly #problems = new Map<string, string>();

  constructor(store: Store, rest: RestClient) {
    this.#store = store;
    this.#rest = rest;
  }

  start(): void {
    this.#repeat(
      'zones',
      () => this.loadZones(),
      () => (this.#store.zones.size === 0 ? PERIODS_MS.zonesWhenNone : PERIODS_MS.zones),
    );
    this.#repeat(
      'status',
      () => this.#loadStatus(),
      () => PERIODS_MS.status,
    );
    this.#repeat(
      'alerts',
      () => this.#loadAlerts(),
      () => PERIODS_MS.alerts,
    );
    this.#repeat(
      'accuracy',
      () => this.loadAccuracy(),
      () => PERIODS_MS.accuracy,
    );
    this.#repeat(
      'models',
      () => this.loadModels(),
      () => PERIODS_MS.models,
    );
  }

  async loadZones(): Promise<void> {
    const body = await this.#rest.zones();
    this.#store.describeZones(body.zones.map(zoneInfo));
  }

  /** Scores of the selected zone. */
  async loadAccuracy(): Promise<void> {
    const view = this.#store.selectedView();
    if (view === null) return;
    const body = await this.#rest.accuracy(view.info.zone);
    for (const score of body.accuracy) {
      if (score.window === '24h' && score.zone === view.info.zone)
        view.accuracy.set(score.horizonMinutes, score);
    }
    this.#store.touch('accuracy');
  }

  async loadModels(): Promise<void> {
    this.#store.models = await this.#rest.models();
    this.#store.touch('models');
  }

  async #loadStatus(): Promise<void> {
    this.#store.status = await this.#rest.status();
    this.#store.touch('status');
  }

  async #loadAlerts(): Promise<void> {
    this.#store.alerts = (await this.#rest.alerts()).alerts;
    this.#store.touch('alerts');
  }

  #repeat(name: string, load: () => Promise<void>, periodMs: () => number): void {
    const round = async (): Promise<void> => {
      // While the server is away every request would fail and say nothing new.
      if (this.#store.feed.phase !== 'reconnecting') await this.#attempt(name, load);
      setTimeout(() => void round(), periodMs());
    };
    void round();
  }

  async #attempt(name: string, load: () => Promise<void>): Promise<void> {
    try {
      await load();
      this.#problems.delete(name);
    } catch (error) {
      this.#problems.set(name, error instanceof Error ? error.message : String(error));
    }
    const problem = [...this.#problems.values()][0] ?? null;
    if (problem === this.#store.restProblem) return;
    this.#store.restProblem = problem;
    this.#store.touch('connection', 'status');
  }
}
