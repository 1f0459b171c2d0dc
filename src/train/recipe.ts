import type { FitOptions } from './fit-zone.js';
import type { GbdtOptions } from './gbdt/options.js';

/** Parameters of a fit that may be chosen for a zone; what is left out is the program's own. */
export type Recipe = Pick<FitOptions, 'gbdt'>;

/** What may be chosen, and between which values: a recipe from a manifest goes no further than these. */
const GBDT_RANGES = {
  trees: [10, 1000],
  leaves: [4, 512],
  learningRate: [0.005, 0.5],
  featureFraction: [0.05, 1],
  minRowsPerLeaf: [1, 5000],
  lambda: [0, 5000],
} as const satisfies Partial<Record<keyof GbdtOptions, readonly [number, number]>>;

/**
 * A recipe as a manifest carries it. What this program does not know, or would not choose, is left out: the manifest may
 * come from another version.
 */
export function recipeFrom(parameters: Readonly<Record<string, unknown>> | undefined): Recipe {
  const found = parameters?.['gbdt'];
  if (typeof found !== 'object' || found === null) return {};
  const known = Object.entries(GBDT_RANGES).flatMap(([name, [least, most]]) => {
    const value = (found as Record<string, unknown>)[name];
    return typeof value === 'number' && value >= least && value <= most ? [[name, value] as const] : [];
  });
  return known.length === 0 ? {} : { gbdt: Object.fromEntries(known) };
}

/** True when nothing differs from the program's own parameters. */
export function isOwn({ gbdt }: Recipe): boolean {
  return gbdt === undefined || Object.keys(gbdt).length === 0;
}
