import type { Nowcast } from '../contracts/records.js';

/** Which horizons a subscription wants. Equal views have equal keys, so what is serialised for one serves all. */
export interface HorizonView {
  readonly key: string;
  /** Null for all horizons. */
  readonly horizonsMinutes: ReadonlySet<number> | null;
}

export const ALL_HORIZONS: HorizonView = { key: '', horizonsMinutes: null };

export function horizonView(horizonsMinutes: readonly number[] | undefined): HorizonView {
  if (horizonsMinutes === undefined) return ALL_HORIZONS;
  const sorted = [...new Set(horizonsMinutes)].sort((a, b) => a - b);
  return { key: sorted.join(','), horizonsMinutes: new Set(sorted) };
}

/** The nowcast with the wanted horizons only, or null when it has none of them. */
export function viewNowcast(nowcast: Nowcast, view: HorizonView): Nowcast | null {
  const wanted = view.horizonsMinutes;
  if (wanted === null) return nowcast;
  const [first, ...rest] = nowcast.steps.filter((step) => wanted.has(step.horizonMinutes));
  return first === undefined ? null : { ...nowcast, steps: [first, ...rest] };
}
