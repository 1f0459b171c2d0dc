import type { Nowcast } from '../../contracts/generated/nowcast.js';
import { newZoneSeries, type ZoneSeries } from './zone-series.js';
import { newZoneView, type ZoneView } from './zone.js';

/** One moment of the past of one zone: what was predicted then, and what came. */
export interface Travel extends ZoneSeries {
  readonly zone: string;
  /** The moment asked for, epoch ms. */
  readonly atMs: number;
  /** The nowcast that was the latest at that moment; null until it is loaded or when there was none. */
  nowcast: Nowcast | null;
  state: 'loading' | 'ready' | 'failed';
  /** Why there is nothing to show; empty while all is well. */
  problem: string;
}

export function newTravel(zone: string, atMs: number): Travel {
  return { ...newZoneSeries(), zone, atMs, nowcast: null, state: 'loading', problem: '' };
}

/** How a path turned out. */
export interface Outcome {
  /** Steps of the path whose demand is known by now. */
  readonly n: number;
  readonly steps: number;
  /** Mean absolute error, percent of actual demand. */
  readonly mape: number;
  /** Steps inside P10..P90; null when the path has no band. */
  readonly inBand: number | null;
}

/** Compares a path with the demand that came; null while none of it is known. */
export function outcomeOf(nowcast: Pick<Nowcast, 'steps'>, series: ZoneSeries): Outcome | null {
  let n = 0;
  let sum = 0;
  let banded = 0;
  let inside = 0;
  for (const { target, mw, p10, p90 } of nowcast.steps) {
    const actual = series.demand.at(Date.parse(target));
    if (actual === null || actual === 0) continue;
    n += 1;
    sum += Math.abs((mw - actual) / actual);
    if (p10 === null || p90 === null) continue;
    banded += 1;
    if (actual >= p10 && actual <= p90) inside += 1;
  }
  if (n === 0) return null;
  return { n, steps: nowcast.steps.length, mape: (100 * sum) / n, inBand: banded === n ? inside : null };
}

/** The zone as it is, or as it was at the moment looked at: its newest demand is then that of the path's origin. */
export function shownView(live: ZoneView, travel: Travel | null): ZoneView {
  if (travel === null) return live;
  const past = newZoneView(live.info);
  if (travel.nowcast !== null) {
    past.demand.set(Date.parse(travel.nowcast.origin), travel.nowcast.latestDemandMw);
  }
  return { ...past, nowcast: travel.nowcast, source: live.source };
}
