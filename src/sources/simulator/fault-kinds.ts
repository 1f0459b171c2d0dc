/** In order of precedence: an interval has one fault at most. */
export const FAULT_KINDS = [
  'missing',
  'clock_change',
  'frozen',
  'wrong_resource',
  'kilowatts',
  'slide',
  'distribution',
  'spiked',
  'zero',
  'out_of_range',
  'future_dated',
  'misaligned',
  'disagreement',
  'revised',
  'late',
  'out_of_order',
  'duplicate',
  'fahrenheit',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Intervals that one fault of a kind lasts; 1 for those not named. */
export const FAULT_STEPS: Readonly<Partial<Record<FaultKind, number>>> = {
  frozen: 24,
  wrong_resource: 24,
  kilowatts: 12,
  slide: 6,
  distribution: 360,
};
/** Hours of weather that are stated in degrees Fahrenheit. */
export const FAHRENHEIT_HOURS = 6;

export function stepsOf(kind: FaultKind): number {
  return FAULT_STEPS[kind] ?? 1;
}
