import { horizonLabel } from './shown-horizons.js';

/** A plot and, for those who cannot see it, what it shows: in a sentence and as a table. */
export interface Chart {
  readonly title: string;
  /** How to read it; below the plot. */
  readonly caption: string;
  /** What a look at it would say. */
  readonly alt: string;
  /** Vega-Lite. */
  readonly spec: object;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export type Datum = Readonly<Record<string, string | number | null>>;

/** Categorical colours: custom properties of the page's style sheet, chosen to differ in lightness as well. */
export const PALETTE = ['var(--c1)', 'var(--c2)', 'var(--c3)', 'var(--c4)', 'var(--c5)'];
export const WIDTH = 560;

export function fixed(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits);
}

/** Colours by name in a fixed order. */
export function colour(field: string, domain: readonly string[]): object {
  return {
    field,
    type: 'nominal',
    sort: null,
    scale: { domain, range: PALETTE },
    legend: { symbolType: 'stroke', symbolStrokeWidth: 3 },
  };
}

/** Horizons on a logarithmic axis, labelled where people look. @param minutes rising */
export function horizonAxis(minutes: readonly number[]): object {
  const first = minutes[0] ?? 1;
  const last = minutes.at(-1) ?? 1;
  const values = [5, 15, 30, 60, 120, 180, 360, 720, 1440, 2880].filter((one) => one >= first && one <= last);
  const names = values.map((value) => `datum.value==${String(value)}?'${horizonLabel(value)}'`).join(':');
  return {
    field: 'minutes',
    type: 'quantitative',
    title: 'horizon',
    scale: { type: 'log', domain: first === last ? [first / 2, first * 2] : [first, last], nice: false },
    axis: { values, labelExpr: names === '' ? 'datum.label' : `${names}:''`, grid: false },
  };
}
