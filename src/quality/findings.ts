import type { DemandEvent } from '../features/input-event.js';
import type { Finding } from './verdict.js';

type Shape = Pick<Finding, 'severity' | 'action'>;

/** Severity and action of each rule about demand. */
const SHAPE = {
  not_finite: { severity: 'critical', action: 'quarantined' },
  non_positive: { severity: 'warning', action: 'quarantined' },
  range: { severity: 'warning', action: 'quarantined' },
  future_dated: { severity: 'critical', action: 'quarantined' },
  misaligned: { severity: 'critical', action: 'quarantined' },
  clock_change: { severity: 'warning', action: 'quarantined' },
  unit: { severity: 'critical', action: 'quarantined' },
  wrong_resource: { severity: 'critical', action: 'quarantined' },
  ramp: { severity: 'warning', action: 'quarantined' },
  spike: { severity: 'warning', action: 'quarantined' },
  frozen: { severity: 'warning', action: 'quarantined' },
  disagreement: { severity: 'warning', action: 'quarantined' },
  distribution: { severity: 'warning', action: 'flagged' },
  gap: { severity: 'warning', action: 'flagged' },
  late: { severity: 'info', action: 'counted' },
  out_of_order: { severity: 'info', action: 'counted' },
  duplicate: { severity: 'info', action: 'counted' },
  revised: { severity: 'info', action: 'counted' },
} as const satisfies Readonly<Record<string, Shape>>;

/** Codes of the demand rules; they appear in quality events and as a label of metrics. */
export type DemandRule = keyof typeof SHAPE;
export const DEMAND_RULES = Object.keys(SHAPE) as readonly DemandRule[];

/**
 * A finding of one rule about one demand event; severity and action follow from the rule.
 * @param changes where this finding differs: another action, another interval, how many intervals it stands for
 */
export function demandFinding(
  rule: DemandRule,
  event: DemandEvent,
  message: string,
  changes: Partial<Pick<Finding, 'action' | 'validTimeMs' | 'value' | 'intervals'>> = {},
): Finding {
  const value = Number.isFinite(event.demandMw) ? event.demandMw : null;
  return { rule, ...SHAPE[rule], validTimeMs: event.validTimeMs, value, message, ...changes };
}
