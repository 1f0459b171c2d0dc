import type { ModelManifest } from '../contracts/records.js';

/** What a model must keep to be promoted; see `gate` in schemas/config.json. */
export type GateThresholds = Readonly<NonNullable<ModelManifest['gate']['thresholds']>>;

export const DEFAULT_GATE_THRESHOLDS: GateThresholds = {
  mapePercent: 2,
  mapeHorizonMinutes: 60,
  significance: 0.05,
  minDays: 7,
  biasSharePercent: 80,
  coverageMinPercent: 60,
  coverageMaxPercent: 97,
};
