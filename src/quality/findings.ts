import type { DemandEvent } from '../features/input-event.js';
import type { Finding } from './verdict.js';

/** Codes of the demand rules; they appear in quality events and as a label of metrics. */
export type DemandRule =
  | 'not_finite'
  | 'non_positive'
  | 'range'
  | 'future_dated'
  | 'misaligned'
  | 'ramp'
  | 'spike'
  | 'frozen'
  | 'late';

type Shape = Pick<Finding, 'severity' | 'action'>;

const SHAPE: Readonly<Record<DemandRule, Shape>> = {
  not_finite: { severity: 'critical', action: 'quarantined' },
  non_positive: { severity: 'warning', action: 'quarantined' },
  range: { severity: 'warning', action: 'quarantined' },
  future_dated: { severity: 'critical', action: 'quarantined' },
  misaligned: { severity: 'critical', action: 'quarantined' },
  ramp: { severity: 'warning', action: 'quarantined' },
  spike: { severity: 'warning', action: 'quarantined' },
  frozen: { severity: 'warning', action: 'flagged' },
  late: { severity: 'info', action: 'counted' },
};

/** A finding of one rule about one demand event; severity and action follow from the rule. */
export function demandFinding(rule: DemandRule, event: DemandEvent, message: string): Finding {
  const value = Number.isFinite(event.demandMw) ? event.demandMw : null;
  return { rule, ...SHAPE[rule], validTimeMs: event.validTimeMs, value, message };
}
