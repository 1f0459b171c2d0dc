import type { ConfigFile } from '../contracts/generated/config.js';

/** Beyond which the alerts of a zone are raised; see `alerts` in schemas/config.json. */
export type AlertLimits = Readonly<Required<NonNullable<ConfigFile['alerts']>>>;

export const DEFAULT_ALERT_LIMITS: AlertLimits = {
  mapePercent: 2,
  mapeHorizonMinutes: 60,
  coverageMinPercent: 70,
  coverageMaxPercent: 92,
  biasPercent: 1.5,
  // Chosen by simulation (test/accuracy/drift.test.ts): an alarm in a zone-year of stationary errors is rare, twice the
  // error is noticed within about a day.
  driftAllowance: 0.3,
  driftLimit: 12,
};
