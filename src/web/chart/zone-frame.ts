import { formatClock, formatDay } from '../format.js';
import { freshnessOf } from '../state/freshness.js';
import type { Travel } from '../state/travel.js';
import { predictedOf, versionMarks, type OperatorPoint, type ZoneSeries } from '../state/zone-series.js';
import type { TimeSeries } from '../state/time-series.js';
import { demandEndMs, type ZoneView } from '../state/zone.js';
import { chartColumns } from './chart-data.js';
import type { ChartFrame } from './chart-frame.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** However late demand is, the gap up to now takes no more of the chart than this. */
const LATE_SHOWN_MS = 6 * HOUR_MS;

/** What the reader chose to see. */
export interface FrameChoice {
  readonly pastMs: number;
  readonly aheadMs: number;
  readonly horizonMinutes: number;
  readonly timeZone: string;
  /** Product of the operator's forecast; null: none. */
  readonly product: string | null;
}

function pathEndMs(nowcast: { readonly steps: readonly { readonly target: string }[] } | null): number {
  const last = nowcast?.steps.at(-1);
  return last === undefined ? Infinity : Date.parse(last.target);
}

function operatorSeries(series: ZoneSeries, product: string | null): TimeSeries<OperatorPoint> | null {
  return product === null ? null : (series.operator.get(product) ?? null);
}

/** The zone as it is now. @param live false: the page is not connected, so the path is greyed */
export function liveFrame(view: ZoneView, choice: FrameChoice, feedNowMs: number, live: boolean): ChartFrame {
  const endMs = demandEndMs(view) ?? feedNowMs;
  const nowMs = Math.max(endMs, feedNowMs);
  const fromMs = endMs - choice.pastMs;
  const predicted = predictedOf(view, choice.horizonMinutes);
  const late = freshnessOf(demandEndMs(view), feedNowMs, view.info.lateAfterMs).level !== 'fresh';
  return {
    columns: chartColumns({
      demand: view.demand,
      predicted,
      operator: operatorSeries(view, choice.product),
      temperatureC: view.temperatureC,
      nowcast: view.nowcast,
      stepMs: view.info.stepMinutes * MINUTE_MS,
      fromMs,
    }),
    nowMs,
    nowLabel: 'now',
    fromMs,
    toMs: Math.max(
      Math.min(nowMs, endMs + LATE_SHOWN_MS) + HOUR_MS,
      Math.min(endMs + choice.aheadMs, pathEndMs(view.nowcast)),
    ),
    timeZone: choice.timeZone,
    weak: view.nowcast?.quality !== 'ok' || late || !live,
    marks: versionMarks(predicted, choice.horizonMinutes),
  };
}

/** The zone as it was: the path of that moment over the demand that came, and only what the operator had said by then. */
export function travelFrame(travel: Travel, stepMinutes: number, choice: FrameChoice): ChartFrame {
  const { atMs, nowcast } = travel;
  const fromMs = atMs - choice.pastMs;
  const predicted = predictedOf(travel, choice.horizonMinutes);
  return {
    columns: chartColumns({
      demand: travel.demand,
      predicted,
      operator: operatorSeries(travel, choice.product),
      temperatureC: travel.temperatureC,
      nowcast,
      stepMs: stepMinutes * MINUTE_MS,
      fromMs,
      knownByMs: atMs,
    }),
    nowMs: atMs,
    nowLabel: `${formatDay(atMs, choice.timeZone)} ${formatClock(atMs, choice.timeZone)}`,
    fromMs,
    toMs: Math.max(atMs + HOUR_MS, Math.min(atMs + choice.aheadMs, pathEndMs(nowcast))),
    timeZone: choice.timeZone,
    weak: nowcast?.quality !== 'ok',
    marks: versionMarks(predicted, choice.horizonMinutes),
  };
}
