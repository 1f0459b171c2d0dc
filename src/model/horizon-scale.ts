/**
 * The scale of a model's output for any horizon: the model's own where it was trained for that horizon, in between the
 * straight line, beyond its longest that of the longest.
 * @param horizonsMinutes rising, of the model
 * @param scaleMw one a horizon of the model
 * @returns megawatts; NaN for a model without horizons
 */
export function scaleAt(
  horizonsMinutes: readonly number[],
  scaleMw: readonly number[],
  minutes: number,
): number {
  let above = 0;
  while (above < horizonsMinutes.length && (horizonsMinutes[above] as number) < minutes) above++;
  const upper = scaleMw[above];
  if (upper === undefined) return scaleMw.at(-1) ?? Number.NaN;
  const lower = scaleMw[above - 1];
  if (lower === undefined || horizonsMinutes[above] === minutes) return upper;
  const from = horizonsMinutes[above - 1] as number;
  const share = (minutes - from) / ((horizonsMinutes[above] as number) - from);
  return lower + share * (upper - lower);
}
