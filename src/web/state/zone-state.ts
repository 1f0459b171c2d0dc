import { freshnessOf, type Freshness } from './freshness.js';
import { predictedOf } from './zone-series.js';
import { demandEndMs, shownHorizon, type ZoneView } from './zone.js';

export type Level = 'good' | 'warn' | 'bad' | 'unknown';

/** How a zone is in one word, and the colour that goes with it. */
export function zoneState(view: ZoneView, nowMs: number): readonly [level: Level, word: string] {
  const freshness = freshnessOf(demandEndMs(view), nowMs, view.info.lateAfterMs);
  const quality = view.nowcast?.quality;
  if (quality === undefined) return ['unknown', 'waiting'];
  if (quality === 'fallback') return ['bad', 'fallback'];
  if (freshness.level === 'very-late') return ['bad', 'late'];
  if (freshness.level === 'late') return ['warn', 'late'];
  return quality === 'degraded' ? ['warn', 'degraded'] : ['good', 'ok'];
}

/** Age of the zone's demand with the colour that goes with it. */
export function zoneAge(view: ZoneView, nowMs: number): { readonly level: Level; readonly text: string } {
  const { level, text }: Freshness = freshnessOf(demandEndMs(view), nowMs, view.info.lateAfterMs);
  const levels = { fresh: 'good', late: 'warn', 'very-late': 'bad', unknown: 'unknown' } as const;
  return { level: levels[level], text };
}

export interface ErrorNow {
  readonly horizonMinutes: number;
  /** Predicted - actual. */
  readonly mw: number;
  /** Of actual, percent. */
  readonly pct: number;
}

/** By how much the newest demand was missed that far ahead; null while either side is unknown. */
export function errorNow(view: ZoneView, wantedHorizon: number): ErrorNow | null {
  const horizonMinutes = shownHorizon(view, wantedHorizon);
  const { lastTimeMs, lastValue } = view.demand;
  if (lastTimeMs === null || lastValue === null || lastValue === 0) return null;
  const point = predictedOf(view, horizonMinutes).at(lastTimeMs);
  if (point === null) return null;
  const mw = point.mw - lastValue;
  return { horizonMinutes, mw, pct: (100 * mw) / lastValue };
}
