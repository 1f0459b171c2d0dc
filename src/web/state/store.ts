import { initialFeedState, type FeedState } from '../../client/index.js';
import type { Accuracy } from '../../contracts/generated/accuracy.js';
import type { FeedNowcast, FeedServerMessage } from '../../contracts/generated/feed-server-message.js';
import type { ListedAlert } from '../../contracts/generated/rest-alerts.js';
import type { ModelsBody } from '../../contracts/generated/rest-models.js';
import type { ListedQualitySummary } from '../../contracts/generated/rest-quality.js';
import type { StatusBody } from '../../contracts/generated/rest-status.js';
import type { TrainingRun } from '../../contracts/generated/training-run.js';
import {
  clockFromHeartbeat,
  clockFromIssue,
  feedNowMs,
  SERVER_CLOCK,
  type FeedClock,
} from '../feed/clock.js';
import { applyDemand, applyNowcast, applyScore, newZoneView, unknownZoneInfo } from './zone.js';
import type { Travel } from './travel.js';
import type { ZoneInfo, ZoneView } from './zone.js';

/** What changed since the last drawing. */
export type Topic =
  | 'connection'
  | 'zones'
  | 'frames'
  | 'selection'
  | 'accuracy'
  | 'models'
  | 'model-news'
  | 'alerts'
  | 'status'
  | 'training'
  | 'quality'
  | 'travel';

const DEFAULT_STEP_MINUTES = 5;

/** The page's state. Views read it; only the feed, the REST poller and the controls change it. */
export class Store {
  readonly zones = new Map<string, ZoneView>();
  feed: FeedState = initialFeedState();
  selected: string | null = null;
  clock: FeedClock = SERVER_CLOCK;
  alerts: readonly ListedAlert[] | null = null;
  models: ModelsBody | null = null;
  status: StatusBody | null = null;
  trainingRuns: readonly TrainingRun[] | null = null;
  /** Daily summaries of data quality, newest first of each zone. */
  qualityDays: readonly ListedQualitySummary[] | null = null;
  /** The moment of the past that the reader looks at; null: live. */
  travel: Travel | null = null;
  /** Why the last REST poll failed; null when it did not. */
  restProblem: string | null = null;
  readonly #changed = new Set<Topic>();
  readonly #notify: (changed: ReadonlySet<Topic>) => void;
  readonly #preferred: string | null;
  /** True once the selection is somebody's choice and not just the first zone there was. */
  #chosen = false;
  #scheduled = false;

  /**
   * @param notify called once a frame with everything that changed since
   * @param preferred zone to select as soon as it is known; null for the server's first
   */
  constructor(notify: (changed: ReadonlySet<Topic>) => void, preferred: string | null) {
    this.#notify = notify;
    this.#preferred = preferred;
  }

  /** Marks topics as changed; the views are told with the next animation frame, however many frames arrive till then. */
  touch(...topics: Topic[]): void {
    for (const topic of topics) this.#changed.add(topic);
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      const changed = new Set(this.#changed);
      this.#changed.clear();
      this.#notify(changed);
    });
  }

  /** The selected zone, or null before there is one. */
  selectedView(): ZoneView | null {
    return this.selected === null ? null : (this.zones.get(this.selected) ?? null);
  }

  /** The feed's time now, epoch ms. */
  nowMs(): number {
    return feedNowMs(this.clock, Date.now());
  }

  /** @returns true when the zone is known */
  select(zone: string): boolean {
    if (!this.zones.has(zone)) return false;
    if (this.selected === zone) return true;
    this.selected = zone;
    this.#chosen = true;
    this.touch('selection');
    return true;
  }

  /** Takes the server's description of its zones, and their order. */
  describeZones(infos: readonly ZoneInfo[]): void {
    for (const info of infos) this.#zone(info.zone, info).info = info;
    const described = infos.map(({ zone }) => zone);
    const order = [...described, ...[...this.zones.keys()].filter((zone) => !described.includes(zone))];
    for (const zone of order) {
      const view = this.zones.get(zone);
      this.zones.delete(zone);
      if (view !== undefined) this.zones.set(zone, view);
    }
    const first = infos[0]?.zone;
    const gone = this.selected !== null && !this.zones.has(this.selected);
    if ((!this.#chosen || gone) && first !== undefined) this.selected = first;
    this.touch('zones', 'selection');
  }

  /** Forgets all data: the server has started a new log, whose times need not follow those of the old one. */
  startOver(): void {
    this.zones.clear();
    this.clock = SERVER_CLOCK;
    this.models = null;
    this.touch('zones', 'selection');
  }

  setFeed(state: FeedState): void {
    const before = this.feed;
    this.feed = state;
    if (
      before.phase !== state.phase ||
      before.retryAtMs !== state.retryAtMs ||
      before.problem !== state.problem
    ) {
      this.touch('connection');
    }
  }

  /** Applies one frame of the feed. */
  receive(message: FeedServerMessage): void {
    switch (message.type) {
      case 'snapshot':
        for (const nowcast of message.nowcasts) this.#nowcast(nowcast, false);
        return;
      case 'nowcast':
        this.#nowcast(message.nowcast, true);
        return;
      case 'demand': {
        const { zone, stepMinutes } = message.demand;
        applyDemand(this.#zone(zone, unknownZoneInfo(zone, stepMinutes)), message.demand);
        this.touch('frames');
        return;
      }
      case 'accuracy':
        this.#score(message.accuracy);
        return;
      case 'model':
        this.touch('model-news');
        return;
      case 'heartbeat':
        this.clock = clockFromHeartbeat(this.clock, Date.parse(message.serverTime), Date.now());
        this.touch('connection');
        return;
      default:
        return;
    }
  }

  #score(score: Accuracy): void {
    const view = this.zones.get(score.zone);
    if (view === undefined) return;
    applyScore(view, score);
    this.touch('accuracy');
  }

  #nowcast(nowcast: FeedNowcast, live: boolean): void {
    const first = nowcast.steps[0].horizonMinutes;
    const view = this.#zone(nowcast.zone, unknownZoneInfo(nowcast.zone, first || DEFAULT_STEP_MINUTES));
    applyNowcast(view, nowcast);
    this.clock = clockFromIssue(this.clock, Date.parse(nowcast.issuedAt), live, Date.now());
    this.touch('frames');
  }

  #zone(zone: string, info: ZoneInfo): ZoneView {
    const known = this.zones.get(zone);
    if (known !== undefined) return known;
    const made = newZoneView(info);
    this.zones.set(zone, made);
    this.selected ??= zone;
    if (zone === this.#preferred && !this.#chosen) {
      this.selected = zone;
      this.#chosen = true;
    }
    this.touch('zones', 'selection');
    return made;
  }
}
