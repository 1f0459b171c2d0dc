import type { Alert } from '../../../src/contracts/records.js';

/**
 * One alerting rule. Prometheus and Grafana are given the same: the condition is kept apart from the expression, as
 * Prometheus wants them in one and Grafana each in a step of its own.
 *
 * In texts `{name}` stands for a label of the series and `{value}` for its value.
 */
export interface AlertRule {
  readonly name: string;
  readonly severity: 'info' | 'warning' | 'critical';
  /** Kinds of the service's own alerts that it also reports. */
  readonly kinds: readonly Alert['kind'][];
  readonly expr: string;
  readonly is: 'above' | 'below';
  readonly threshold: number;
  /** How long it must hold, for example 15m. */
  readonly forTime: string;
  /** One line: what is wrong, and where. */
  readonly summary: string;
  /** What it means for those who use the nowcasts. */
  readonly description: string;
  /** The panel to look at: uid of its dashboard, and its title. */
  readonly panel: readonly [dashboard: string, title: string];
}

export interface AlertGroup {
  readonly name: string;
  readonly rules: readonly AlertRule[];
}
