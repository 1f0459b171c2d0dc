import type { OperatorEvent } from '../features/input-event.js';
import type { DemandLimits } from '../features/zone-profile.js';
import type { Finding } from '../quality/verdict.js';

/**
 * What is wrong with a value that the operator forecasts, or null. One that the zone's demand cannot have (outside its
 * limits, or nothing at all where they do not go below zero) would go straight into a model, so it is set aside.
 */
export function operatorProblem(
  { product, validTimeMs, demandMw }: OperatorEvent,
  { minMw, maxMw }: DemandLimits,
): Finding | null {
  const isPossible = demandMw >= minMw && demandMw <= maxMw && (demandMw > 0 || minMw < 0);
  if (isPossible) return null;
  return {
    rule: 'operator_range',
    severity: 'warning',
    action: 'quarantined',
    validTimeMs,
    value: Number.isFinite(demandMw) ? demandMw : null,
    message: `the operator's forecast ${product} says ${String(demandMw)} MW, which demand of this zone cannot be`,
  };
}
