import type { SupplySeries } from '../../contracts/generated/rest-supply.js';

/** Bottom of the stack first: what runs all day lies under what comes and goes. */
const ORDER = [
  'nuclear',
  'geothermal',
  'biomass',
  'biogas',
  'coal',
  'small-hydro',
  'large-hydro',
  'imports',
  'natural-gas',
  'wind',
  'solar',
  'batteries',
  'other',
];

/** Generation by fuel over time. */
export interface FuelMix {
  /** Rising, epoch ms. */
  readonly timesMs: readonly number[];
  /** From the bottom of the stack up. */
  readonly fuels: readonly Fuel[];
}

export interface Fuel {
  /** As the record names it, for example natural-gas. */
  readonly name: string;
  /** MW at each time; 0 where the record does not name it. Negative while charging or exporting. */
  readonly mw: readonly number[];
}

/** The series that has the most names: the mix of the whole zone, not its net demand. Null when none has several. */
export function fuelMixOf(series: readonly SupplySeries[], fromMs: number): FuelMix | null {
  const whole = series.filter(({ area, points }) => area === null && points.length > 1);
  const counted = whole.map((one) => ({ one, names: namesOf(one) })).filter(({ names }) => names.length > 1);
  const [most] = counted.sort((a, b) => b.names.length - a.names.length);
  if (most === undefined) return null;
  const points = most.one.points.filter(({ time }) => Date.parse(time) >= fromMs);
  if (points.length < 2) return null;
  return {
    timesMs: points.map(({ time }) => Date.parse(time)),
    fuels: most.names.map((name) => ({ name, mw: points.map(({ valuesMw }) => valuesMw[name] ?? 0) })),
  };
}

function namesOf({ points }: SupplySeries): string[] {
  const names = [...new Set(points.flatMap(({ valuesMw }) => Object.keys(valuesMw)))];
  return names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function rank(name: string): number {
  const index = ORDER.indexOf(name);
  return index < 0 ? ORDER.length : index;
}

/** The fuel's name for people. */
export function fuelWords(name: string): string {
  const words = name.replaceAll(/[-_]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A fuel's area in the stack: its edges at each time. */
export interface Layer {
  readonly name: string;
  readonly bands: readonly { readonly low: number; readonly high: number }[];
}

/** Stacks the fuels, first ones next to zero: what is generated upwards, what is charged or exported downwards. */
export function stacked({ timesMs, fuels }: FuelMix): Layer[] {
  const side = (part: (mw: number) => number): Layer[] => {
    const sums = timesMs.map(() => 0);
    return fuels
      .filter(({ mw }) => mw.some((value) => part(value) !== 0))
      .map(({ name, mw }) => ({
        name,
        bands: mw.map((value, index) => {
          const from = sums[index] ?? 0;
          const to = from + part(value);
          sums[index] = to;
          return { low: Math.min(from, to), high: Math.max(from, to) };
        }),
      }));
  };
  return [...side((mw) => Math.max(0, mw)), ...side((mw) => Math.min(0, mw))];
}

/** Points for a plot of that many pixels: one a few pixels is enough. */
export function thinned(mix: FuelMix, most: number): FuelMix {
  const every = Math.max(1, Math.ceil(mix.timesMs.length / most));
  const last = mix.timesMs.length - 1;
  const keep = <T>(values: readonly T[]): T[] => values.filter((_, i) => i === last || i % every === 0);
  return { timesMs: keep(mix.timesMs), fuels: mix.fuels.map(({ name, mw }) => ({ name, mw: keep(mw) })) };
}
