/** What the rules of one zone allow. Defaults suit most zones; the configuration changes them for all or for one. */
export interface QualitySettings {
  /** Codes of rules that do not judge this zone. */
  readonly off: readonly string[];
  /** Spike: share of the level that a value may be away from every expectation at a step of 5 minutes, percent. */
  readonly spikePercent: number;
  /** Spike: no jump below this many times what the zone's own series has lately done is one. */
  readonly spikeRoughnessFactor: number;
  /** A jump that lasts this long is believed to be a new level. */
  readonly newLevelMinutes: number;
  /** Ramp: quarantined beyond this many times the steepest ramp of the last days. */
  readonly rampFactor: number;
  /** Frozen: the same value for longer than this is a frozen feed. */
  readonly frozenMinutes: number;
  /** Frozen: and for longer than this many times the zone's usual longest run of a day. */
  readonly frozenFactor: number;
  /** Gap: an interval still missing this long after its end is one. */
  readonly gapMinutes: number;
  /** Unit: values a thousand times too large or small are held back for this long at most. */
  readonly unitHoldHours: number;
  /** Wrong resource: a jump to a level this many times beyond the lowest or highest of the last days. */
  readonly wrongResourceFactor: number;
  /** Wrong resource: held back for this long at most, then believed. */
  readonly wrongResourceHoldHours: number;
  /** Disagreement: two sources of one interval may differ by this, percent. */
  readonly disagreementPercent: number;
  /** Distribution: Kolmogorov-Smirnov distance to the same hours of past weeks, 0 .. 1. */
  readonly distributionDistance: number;
  /** Distribution: and this much higher or lower than then, percent of the median. */
  readonly distributionShiftPercent: number;
  /** Alert: more than this share of the last 24 hours' values quarantined, percent. */
  readonly alertQuarantinedPercent: number;
  /** Alert: a gap longer than this in the last 24 hours. */
  readonly alertGapMinutes: number;
  /** Alert: no observed weather for this long, where a zone has any. */
  readonly alertWeatherSilentMinutes: number;
}

export const DEFAULT_QUALITY: QualitySettings = Object.freeze({
  off: [],
  spikePercent: 5,
  spikeRoughnessFactor: 4,
  newLevelMinutes: 15,
  rampFactor: 2,
  frozenMinutes: 60,
  frozenFactor: 2,
  gapMinutes: 60,
  unitHoldHours: 72,
  wrongResourceFactor: 1.8,
  wrongResourceHoldHours: 6,
  disagreementPercent: 2,
  distributionDistance: 0.9,
  distributionShiftPercent: 35,
  alertQuarantinedPercent: 5,
  alertGapMinutes: 120,
  alertWeatherSilentMinutes: 360,
});
