import { RowBuffer } from '../../features/row-buffer.js';
import type { NowcastRequest } from '../../nowcast/request.js';
import { type Random, seededRandom } from '../random.js';
import { featureGroup } from './feature-groups.js';
import type { SampledOrigin } from './importance-sample.js';

/** How much worse the forecast gets when features no longer belong to their origin. */
export interface Importance {
  readonly name: string;
  /** Rise of the mean absolute error, percent of it, one for each of the horizons looked at. */
  readonly risePercent: readonly number[];
}

export interface ImportanceResult {
  /** Origins of the sample; every one with all horizons. */
  readonly origins: number;
  /** Minutes; those that `risePercent` is given for. */
  readonly horizonsMinutes: readonly number[];
  /** All features of a group permuted together, by falling mean rise. */
  readonly groups: readonly Importance[];
  /** Each feature alone, by falling mean rise. */
  readonly features: readonly Importance[];
}

/** Runs the model, whatever it is made of. @returns MW a horizon for each request */
export type AnswerRows = (
  requests: readonly NowcastRequest[],
  buffer: RowBuffer,
) => Promise<readonly { readonly mw: ArrayLike<number> }[]>;

/** A group is shuffled so many times: few features give a noisy answer from one shuffle. */
const GROUP_REPEATS = 3;
const FEWEST_ORIGINS = 8;

/**
 * Permutation importance (Breiman 2001): the values of some columns are shuffled between origins, each horizon keeping
 * its own, and the model is asked again. It measures what the model's correction of the ramp baseline rests on; the
 * baseline itself stays as it is. Of features that say the same, each alone looks unimportant: groups are the fairer view.
 * @param horizons indices of the horizons to report
 * @returns null when the sample is too small to say anything
 */
export async function permutationImportance(
  sample: readonly SampledOrigin[],
  featureNames: readonly string[],
  horizonsMinutes: readonly number[],
  horizons: readonly number[],
  answer: AnswerRows,
  seed: number,
): Promise<ImportanceResult | null> {
  if (sample.length < FEWEST_ORIGINS) return null;
  const random = seededRandom(seed);
  const shuffled = new ShuffledRows(sample, featureNames.length);
  const measure = async (columns: readonly number[]): Promise<number[]> => {
    shuffled.shuffle(columns, random);
    const answers = await answer(shuffled.requests, shuffled.buffer);
    return horizons.map((h) => meanAbsoluteError(sample, answers, h));
  };
  const base = await measure([]);
  const rise = async (columns: readonly number[], repeats: number): Promise<number[]> => {
    const sums = base.map(() => 0);
    for (let i = 0; i < repeats; i += 1) {
      for (const [at, error] of (await measure(columns)).entries())
        sums[at] = (sums[at] ?? 0) + error / repeats;
    }
    return sums.map((error, at) => 100 * (error / (base[at] ?? Number.NaN) - 1));
  };
  const groups: Importance[] = [];
  for (const [name, columns] of columnsByGroup(featureNames))
    groups.push({ name, risePercent: await rise(columns, GROUP_REPEATS) });
  const features: Importance[] = [];
  for (const [column, name] of featureNames.entries())
    features.push({ name, risePercent: await rise([column], 1) });
  return {
    origins: sample.length,
    horizonsMinutes: horizons.map((h) => horizonsMinutes[h] ?? 0),
    groups: byFallingRise(groups),
    features: byFallingRise(features),
  };
}

/** Mean over the horizons of an importance, percent. */
export function meanRise({ risePercent }: Importance): number {
  const known = risePercent.filter((value) => Number.isFinite(value));
  return known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
}

function byFallingRise(importances: readonly Importance[]): Importance[] {
  return [...importances].sort((a, b) => meanRise(b) - meanRise(a));
}

function columnsByGroup(featureNames: readonly string[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  featureNames.forEach((name, column) => {
    const group = featureGroup(name);
    groups.set(group, [...(groups.get(group) ?? []), column]);
  });
  return groups;
}

function meanAbsoluteError(
  sample: readonly SampledOrigin[],
  answers: readonly { readonly mw: ArrayLike<number> }[],
  h: number,
): number {
  let sum = 0;
  let rows = 0;
  sample.forEach(({ actualMw }, i) => {
    const error = Math.abs((answers[i]?.mw[h] ?? Number.NaN) - (actualMw[h] ?? Number.NaN));
    if (Number.isNaN(error)) return;
    sum += error;
    rows += 1;
  });
  return sum / Math.max(1, rows);
}

/** The sample's rows in one buffer, some columns taken from other origins. */
class ShuffledRows {
  readonly requests: readonly NowcastRequest[];
  readonly buffer: RowBuffer;

  constructor(
    private readonly sample: readonly SampledOrigin[],
    private readonly width: number,
  ) {
    const rows = sample.reduce((sum, { actualMw }) => sum + actualMw.length, 0);
    this.buffer = new RowBuffer(width, rows);
    this.requests = sample.map(({ request, actualMw }) => ({
      ...request,
      firstRow: this.buffer.reserve(actualMw.length),
    }));
  }

  /** One shuffle of origins for all the columns, so that what belongs together stays together. */
  shuffle(columns: readonly number[], random: Random): void {
    const { sample, width, buffer } = this;
    const order = sample.map((_, i) => i);
    for (let i = order.length - 1; i > 0; i -= 1) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
    }
    sample.forEach(({ rows }, i) => {
      const start = (this.requests[i]?.firstRow ?? 0) * width;
      buffer.data.set(rows, start);
      const donor = sample[order[i] ?? i]?.rows ?? rows;
      for (const column of columns)
        for (let at = column; at < rows.length; at += width)
          buffer.data[start + at] = donor[at] ?? Number.NaN;
    });
  }
}
