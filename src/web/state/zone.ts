import type { Accuracy } from '../../contracts/generated/accuracy.js';
import type { FeedDemand, FeedNowcast } from '../../contracts/generated/feed-server-message.js';
import type { SupplySeries } from '../../contracts/generated/rest-supply.js';
import { newZoneSeries, predictedOf, type ZoneSeries } from './zone-series.js';

const HOUR_MINUTES = 60;
const MINUTE_MS = 60_000;
/** A page keeps a week and a little: the longest range the chart offers. */
const KEEP_MS = 8 * 24 * 60 * MINUTE_MS;

/** What the server tells about a zone. */
export interface ZoneInfo {
  readonly zone: string;
  readonly name: string;
  readonly timeZone: string;
  readonly stepMinutes: number;
  /** Demand whose interval ended longer ago than this is late. */
  readonly lateAfterMs: number;
  /** Horizons of the zone's nowcasts, rising; empty before the server has told. */
  readonly horizonsMinutes: readonly number[];
  /** Start of the newest demand interval when the server described the zone; null without any. */
  readonly latestDemandMs: number | null;
}

/** Everything the page knows about one zone. Mutable: frames arrive many times a second and are applied in place. */
export interface ZoneView extends ZoneSeries {
  info: ZoneInfo;
  nowcast: FeedNowcast | null;
  /** Latest demand source as the feed names it, for example caiso-outlook, csv:file.csv, simulator. */
  source: string | null;
  /** Latest scores by window and horizon; see `scoreOf`. */
  readonly accuracy: Map<string, Accuracy>;
  /** What was measured of the supply side, by series; empty without any. */
  supply: readonly SupplySeries[];
}

export type ScoreWindow = Accuracy['window'];

export function newZoneView(info: ZoneInfo): ZoneView {
  return {
    info,
    ...newZoneSeries(),
    nowcast: null,
    source: null,
    accuracy: new Map(),
    supply: [],
  };
}

/** A zone that the feed speaks of before the server has described it. */
export function unknownZoneInfo(zone: string, stepMinutes: number): ZoneInfo {
  const lateAfterMs = 3 * stepMinutes * MINUTE_MS;
  return {
    zone,
    name: zone,
    timeZone: 'UTC',
    stepMinutes,
    lateAfterMs,
    horizonsMinutes: [],
    latestDemandMs: null,
  };
}

/** Keeps a score as the latest of its window and horizon. */
export function applyScore(view: ZoneView, score: Accuracy): void {
  view.accuracy.set(`${score.window}|${score.horizonMinutes}`, score);
}

/** The latest score, or null. */
export function scoreOf(view: ZoneView, window: ScoreWindow, horizonMinutes: number): Accuracy | null {
  return view.accuracy.get(`${window}|${horizonMinutes}`) ?? null;
}

/** Latest scores of a window by rising horizon. */
export function scoresOf(view: ZoneView, window: ScoreWindow): Accuracy[] {
  return [...view.accuracy.values()]
    .filter((score) => score.window === window)
    .sort((a, b) => a.horizonMinutes - b.horizonMinutes);
}

/** The wanted horizon when the zone has it, else the first longer one, else the zone's longest. */
export function shownHorizon(view: ZoneView, wantedMinutes: number): number {
  const { horizonsMinutes } = view.info;
  return (
    horizonsMinutes.find((minutes) => minutes >= wantedMinutes) ?? horizonsMinutes.at(-1) ?? wantedMinutes
  );
}

/** Applies an observed value; a correction of an interval replaces it. */
export function applyDemand(view: ZoneView, demand: FeedDemand): void {
  const timeMs = Date.parse(demand.validTime);
  view.demand.set(timeMs, demand.demandMw);
  view.demand.dropBefore(timeMs - KEEP_MS);
  view.source = demand.source;
}

/**
 * Applies a nowcast. One of an older origin, or an older revision of the same, only adds to what was predicted.
 * @returns true when it is the zone's latest
 */
export function applyNowcast(view: ZoneView, nowcast: FeedNowcast): boolean {
  const originMs = Date.parse(nowcast.origin);
  predictedOf(view, shownHorizon(view, HOUR_MINUTES));
  for (const { horizonMinutes, target, mw, p10, p90 } of nowcast.steps) {
    const series = view.predicted.get(horizonMinutes);
    series?.set(Date.parse(target), { mw, p10, p90, modelVersion: nowcast.modelVersion });
    series?.dropBefore(originMs - KEEP_MS);
  }
  const current = view.nowcast;
  if (current !== null) {
    const currentMs = Date.parse(current.origin);
    if (originMs < currentMs || (originMs === currentMs && nowcast.revision < current.revision)) return false;
  }
  view.nowcast = nowcast;
  return true;
}

/** End of the newest known demand interval, epoch ms; null without demand. */
export function demandEndMs(view: ZoneView): number | null {
  const last = view.demand.lastTimeMs;
  if (last !== null) return last + view.info.stepMinutes * MINUTE_MS;
  return view.nowcast === null ? null : Date.parse(view.nowcast.issuedAt) - view.nowcast.inputs.demandAgeMs;
}

/** Newest known demand, MW; null without any. */
export function latestMw(view: ZoneView): number | null {
  return view.demand.lastValue ?? view.nowcast?.latestDemandMw ?? null;
}

/** Predicted demand one hour after the nowcast's origin, or the nearest horizon after it; null without a nowcast. */
export function nextHour(view: ZoneView): { mw: number; horizonMinutes: number; targetMs: number } | null {
  const step = view.nowcast?.steps.find((candidate) => candidate.horizonMinutes >= HOUR_MINUTES);
  if (step === undefined) return null;
  return { mw: step.mw, horizonMinutes: step.horizonMinutes, targetMs: Date.parse(step.target) };
}

/** Highest predicted demand of the path. */
export function pathPeak(view: ZoneView): FeedNowcast['steps'][number] | null {
  const steps = view.nowcast?.steps ?? [];
  return steps.reduce<FeedNowcast['steps'][number] | null>(
    (best, step) => (best === null || step.mw > best.mw ? step : best),
    null,
  );
}

/** True when the zone's numbers come from the simulator: every demand record names its source. */
export function isSimulated(view: ZoneView): boolean {
  return /^simulat/i.test(view.source ?? '');
}
