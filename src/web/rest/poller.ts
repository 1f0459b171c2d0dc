import type { ZoneSummary } from '../../contracts/generated/rest-zones.js';
import { isTimeZone } from '../format.js';
import type { Store } from '../state/store.js';
import { applyScore, type ZoneInfo } from '../state/zone.js';
import type { RestClient } from './client.js';

const MINUTE_MS = 60_000;
const PERIODS_MS = {
  zones: 30_000,
  status: 5_000,
  alerts: 10_000,
  accuracy: 20_000,
  models: 20_000,
  training: 10_000,
  quality: 60_000,
} as const;
const ZONES_WHEN_NONE_MS = 2_000;
type Name = keyof typeof PERIODS_MS;
const NAMES = Object.keys(PERIODS_MS) as Name[];

function zoneInfo(summary: ZoneSummary): ZoneInfo {
  return {
    zone: summary.zone,
    name: summary.name,
    timeZone: isTimeZone(summary.timeZone) ? summary.timeZone : 'UTC',
    stepMinutes: summary.stepMinutes,
    lateAfterMs: summary.lateAfterMinutes * MINUTE_MS,
    horizonsMinutes: summary.horizonsMinutes,
    latestDemandMs: summary.latestDemandTime === null ? null : Date.parse(summary.latestDemandTime),
  };
}

/** Keeps the slow parts of the page current. A failing endpoint is asked again at its own pace, and the page says so. */
export class Poller {
  readonly #store: Store;
  readonly #rest: RestClient;
  #knowsAllScores = false;
  readonly #problems = new Map<string, string>();

  constructor(store: Store, rest: RestClient) {
    this.#store = store;
    this.#rest = rest;
  }

  start(): void {
    for (const name of NAMES) this.#repeat(name);
  }

  /** Asks for everything now, for example because the server lets this page in at last. */
  async refresh(): Promise<void> {
    await Promise.all(NAMES.map((name) => this.#attempt(name)));
  }

  async loadZones(): Promise<void> {
    const body = await this.#rest.zones();
    this.#store.describeZones(body.zones.map(zoneInfo));
  }

  /** Scores of the selected zone in full, and those of the last day of every zone once. */
  async loadAccuracy(): Promise<void> {
    const bodies = [await this.#rest.accuracy(this.#store.selected)];
    if (!this.#knowsAllScores && this.#store.selected !== null) bodies.push(await this.#rest.accuracy(null));
    for (const score of bodies.flatMap((body) => body.accuracy)) {
      const view = this.#store.zones.get(score.zone);
      // The feed keeps the scores current from here on.
      if (view === undefined) continue;
      applyScore(view, score);
      this.#knowsAllScores = true;
    }
    this.#store.touch('accuracy');
  }

  async loadModels(): Promise<void> {
    this.#store.models = await this.#rest.models();
    this.#store.touch('models');
  }

  async #loadTraining(): Promise<void> {
    this.#store.trainingRuns = (await this.#rest.trainingRuns()).trainingRuns;
    this.#store.touch('training');
  }

  async #loadStatus(): Promise<void> {
    this.#store.status = await this.#rest.status();
    this.#store.touch('status');
  }

  async #loadAlerts(): Promise<void> {
    this.#store.alerts = (await this.#rest.alerts()).alerts;
    this.#store.touch('alerts');
  }

  async #loadQuality(): Promise<void> {
    this.#store.qualityDays = (await this.#rest.quality()).summaries;
    this.#store.touch('quality');
  }

  #load(name: Name): Promise<void> {
    switch (name) {
      case 'zones':
        return this.loadZones();
      case 'status':
        return this.#loadStatus();
      case 'alerts':
        return this.#loadAlerts();
      case 'accuracy':
        return this.loadAccuracy();
      case 'models':
        return this.loadModels();
      case 'training':
        return this.#loadTraining();
      case 'quality':
        return this.#loadQuality();
    }
  }

  #repeat(name: Name): void {
    const round = async (): Promise<void> => {
      // While the server is away every request would fail and say nothing new.
      if (this.#store.feed.phase !== 'reconnecting') await this.#attempt(name);
      const none = name === 'zones' && this.#store.zones.size === 0;
      setTimeout(() => void round(), none ? ZONES_WHEN_NONE_MS : PERIODS_MS[name]);
    };
    void round();
  }

  async #attempt(name: Name): Promise<void> {
    try {
      await this.#load(name);
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
