/**
 * Why a nowcast is not `ok`: the stable codes of its `reasons`, each with a sentence for people. Dashboards and tests
 * rely on the codes.
 */
export const REASONS = {
  demand_quarantined:
    'The demand value of the origin was rejected by a quality rule; an earlier value stands in.',
  demand_late: 'Demand has not arrived when it should have; the origin is old.',
  history_short: 'Less demand history is known than the longest weekly lag needs.',
  history_incomplete: 'Demand of the day before has gaps at the clock times of the targets.',
  weather_missing: 'The zone usually has weather, but none is known for now.',
  weather_stale: 'The last known weather is old.',
  forecast_missing: 'The zone usually has a weather forecast, but none covers the targets.',
  forecast_stale: 'The weather forecast in use was issued long ago.',
  operator_missing: "The zone usually has its operator's own forecast, but it has ended before the targets.",
  no_model: 'No model is loaded for this zone, or it failed to answer.',
  model_mismatch: 'The model was made for other horizons than this zone has.',
  model_output_invalid: 'The model answered something that is not a finite number.',
} as const;

export type Reason = keyof typeof REASONS;
