import type { OperatorEvent } from './input-event.js';
import { isForecast, OperatorSeries } from './operator-series.js';

/** Most series of a zone; beyond it, that which has been silent for longest is forgotten. */
export const MAX_OPERATOR_SERIES = 16;

/**
 * What the operator of a zone forecasts, each of its products for itself: they differ in level (another definition of
 * demand, another model), so that a step from one to another would look like a ramp of demand.
 */
export class OperatorForecasts {
  /** By product, step and phase, so that their order does not depend on which came first. */
  readonly series: OperatorSeries[] = [];
  /** End of the latest interval that any of them is about, -Infinity before the first. */
  endMs = Number.NEGATIVE_INFINITY;

  /** @param stepMs of the zone's demand, whose intervals are asked for */
  constructor(readonly stepMs: number) {}

  /** @returns false when it says nothing that a nowcast could use */
  set(event: OperatorEvent): boolean {
    if (!isForecast(event.validTimeMs, event.stepMs, event.availableAtMs)) return false;
    this.endMs = Math.max(this.endMs, event.validTimeMs + event.stepMs);
    return (this.series.find((one) => one.takes(event)) ?? this.open(event)).set(event);
  }

  private open(event: OperatorEvent): OperatorSeries {
    const opened = new OperatorSeries(event.product, event);
    if (this.series.length >= MAX_OPERATOR_SERIES) this.forgetOne();
    this.series.push(opened);
    this.series.sort(inOrder);
    return opened;
  }

  private forgetOne(): void {
    const silent = this.series.reduce((a, b) => (b.newestKnownMs < a.newestKnownMs ? b : a));
    this.series.splice(this.series.indexOf(silent), 1);
  }
}

function inOrder(a: OperatorSeries, b: OperatorSeries): number {
  if (a.product !== b.product) return a.product < b.product ? -1 : 1;
  return a.stepMs - b.stepMs || a.phaseMs - b.phaseMs;
}
