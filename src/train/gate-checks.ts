import type { ModelManifest } from '../contracts/records.js';
import { type GroupScore, horizonOf, percentError } from './gate-scores.js';
import type { GateThresholds } from './gate-thresholds.js';
import type { BlockForecast, HeldOutBlock } from './held-out-block.js';
import { pairedTest } from './paired-test.js';

type GateTables = Required<Pick<ModelManifest['gate'], 'horizons' | 'groups'>>;
export type HorizonRow = GateTables['horizons'][number];
export type ComparedGroup = GateTables['groups'][number] & { readonly score: GroupScore };

/** One condition, and the sentence that tells how it came out. */
export interface Check {
  readonly ok: boolean;
  readonly sentence: string;
}

/** With too few days for a test, a challenger may be worse than the champion by this share, no more. */
const SHORT_HISTORY_SHARE = 0.1;

/** Accuracy of each horizon on the scored rows. */
export function horizonTable(
  block: HeldOutBlock,
  rows: readonly number[],
  challenger: BlockForecast,
  champion: BlockForecast | null,
): HorizonRow[] {
  return block.horizonsMinutes.flatMap((horizonMinutes) => {
    const own = rows.filter((row) => horizonOf(block, row) === horizonMinutes);
    if (own.length === 0) return [];
    const mape = (mw: Float64Array): number => mean(own.map((row) => percentError(block, row, mw)));
    const championMape = champion === null ? Number.NaN : mape(champion.mw);
    return [
      {
        horizonMinutes,
        n: own.length,
        mape: mape(challenger.mw),
        championMape: finiteOrNull(championMape),
        baselineMape: mape(block.baselineMw),
      },
    ];
  });
}

/** Means of the days, and the paired test against the champion, a group of horizons each. */
export function compareGroups(scores: readonly GroupScore[]): ComparedGroup[] {
  return scores.map((score) => {
    const { challenger, champion } = score.paired;
    const test = pairedTest(challenger.map((value, day) => value - (champion[day] ?? Number.NaN)));
    return {
      fromMinutes: score.fromMinutes,
      untilMinutes: score.untilMinutes,
      days: score.challenger.length,
      mape: mean(score.challenger),
      championMape: finiteOrNull(mean(champion)),
      baselineMape: mean(score.baseline),
      difference: finiteOrNull(test.mean),
      standardError: finiteOrNull(test.standardError),
      pValue: finiteOrNull(test.pValue),
      biasSharePercent: score.biasSharePercent,
      coverage80: score.coverage80,
      score,
    };
  });
}

/** The MAPE limit, and whether errors and bands look sane. */
export function absoluteChecks(
  horizons: readonly HorizonRow[],
  groups: readonly ComparedGroup[],
  days: number,
  thresholds: GateThresholds,
): Check[] {
  const limit = mapeCheck(horizons, thresholds);
  if (days >= thresholds.minDays) return [limit, ...sanityChecks(groups, thresholds)];
  const sentence = `short history: the held-out block has ${plural(days, 'day')}, fewer than ${String(thresholds.minDays)}, so there is no test by day and no check of bias and bands`;
  return [limit, { ok: true, sentence }];
}

function mapeCheck(
  horizons: readonly HorizonRow[],
  { mapePercent, mapeHorizonMinutes }: GateThresholds,
): Check {
  const limited = horizons.filter(({ horizonMinutes }) => horizonMinutes <= mapeHorizonMinutes);
  const worst = limited.reduce<HorizonRow | null>(
    (most, row) => (most === null || row.mape > most.mape ? row : most),
    null,
  );
  if (worst === null)
    return {
      ok: true,
      sentence: `no horizon up to ${String(mapeHorizonMinutes)} min, so no MAPE limit holds`,
    };
  const ok = worst.mape <= mapePercent;
  const found = `MAPE is ${percent(worst.mape)} at ${String(worst.horizonMinutes)} min`;
  const limitText = `the limit of ${String(mapePercent)} % up to ${String(mapeHorizonMinutes)} min`;
  return {
    ok,
    sentence: ok
      ? `${found}, within ${limitText}`
      : `${found}, above ${limitText} (gate.mapePercent, or that of the zone)`,
  };
}

function sanityChecks(
  groups: readonly ComparedGroup[],
  { biasSharePercent, coverageMinPercent, coverageMaxPercent }: GateThresholds,
): Check[] {
  const biased = groups.filter((group) => Math.abs(group.biasSharePercent) > biasSharePercent);
  const outside = groups.filter(
    ({ coverage80 }) =>
      coverage80 !== null && (coverage80 < coverageMinPercent || coverage80 > coverageMaxPercent),
  );
  return [
    ...biased.map((group) => ({
      ok: false,
      sentence: `forecasts are almost all too ${group.biasSharePercent > 0 ? 'high' : 'low'} at ${horizonsOf(group)}: the mean error is ${Math.abs(group.biasSharePercent).toFixed(0)} % of the mean absolute error, more than ${String(biasSharePercent)} %`,
    })),
    ...outside.map((group) => ({
      ok: false,
      sentence: `the P10-P90 band holds ${(group.coverage80 ?? 0).toFixed(0)} % of what came at ${horizonsOf(group)}, outside ${String(coverageMinPercent)} to ${String(coverageMaxPercent)} %`,
    })),
  ];
}

/** Better than the ramp over all horizons, and in no group worse beyond noise. */
export function baselineCheck(
  horizons: readonly HorizonRow[],
  groups: readonly ComparedGroup[],
  { significance, minDays }: GateThresholds,
): Check {
  const own = mean(horizons.map(({ mape }) => mape));
  const baseline = mean(horizons.map(({ baselineMape }) => baselineMape));
  const compared = `mean MAPE ${percent(own)} against ${percent(baseline)} of the ramp baseline over ${plural(horizons.length, 'horizon')}`;
  if (!(own < baseline)) return { ok: false, sentence: `not better than the baseline: ${compared}` };
  const worse = groups.flatMap((group) => {
    const { challenger, baseline: ramp } = group.score;
    const { pValue } = pairedTest(challenger.map((value, day) => value - (ramp[day] ?? Number.NaN)));
    const isWorse = group.days >= minDays && pValue < significance / groups.length;
    return isWorse ? [{ group, pValue }] : [];
  });
  if (worse.length === 0) return { ok: true, sentence: `better than the baseline: ${compared}` };
  const where = worse.map(
    ({ group, pValue }) =>
      `at ${horizonsOf(group)} ${percent(group.mape)} against ${percent(group.baselineMape)} (p = ${pValue.toPrecision(2)})`,
  );
  return { ok: false, sentence: `worse than the ramp baseline beyond noise: ${where.join('; ')}` };
}

/** Not worse than the champion beyond noise, in any group. */
export function championCheck(
  version: string | null,
  groups: readonly ComparedGroup[],
  thresholds: GateThresholds,
): Check {
  if (version === null) return { ok: true, sentence: 'no champion to compare with' };
  const compared = groups.filter(({ difference }) => difference !== null);
  if (compared.length === 0)
    return { ok: true, sentence: `the champion ${version} has no horizon or row in common to compare on` };
  const worse = compared.filter((group) => isWorse(group, compared.length, thresholds));
  const told = (worse.length === 0 ? compared : worse).map((group) => comparison(group, thresholds));
  const ok = worse.length === 0;
  const verdict = ok ? 'not worse' : 'worse';
  return { ok, sentence: `${verdict} than the champion ${version} beyond noise: ${told.join('; ')}` };
}

function isWorse(group: ComparedGroup, tests: number, thresholds: GateThresholds): boolean {
  const { challenger, champion } = group.score.paired;
  if (challenger.length < thresholds.minDays)
    return mean(challenger) > (1 + SHORT_HISTORY_SHARE) * mean(champion);
  return (group.pValue ?? 1) < thresholds.significance / tests;
}

function comparison(group: ComparedGroup, { minDays }: GateThresholds): string {
  const { challenger, champion } = group.score.paired;
  const days = challenger.length;
  const numbers = `at ${horizonsOf(group)} ${percent(mean(challenger))} against ${percent(mean(champion))}`;
  return days < minDays
    ? `${numbers} (${plural(days, 'day')}, too few for a test; ${String(100 * SHORT_HISTORY_SHARE)} % are allowed)`
    : `${numbers} (${plural(days, 'day')}, p = ${(group.pValue ?? 1).toPrecision(2)})`;
}

function horizonsOf({ fromMinutes, untilMinutes }: ComparedGroup): string {
  return fromMinutes === untilMinutes
    ? `${String(fromMinutes)} min`
    : `${String(fromMinutes)} to ${String(untilMinutes)} min`;
}

function percent(value: number): string {
  return `${value.toFixed(3)} %`;
}

function plural(count: number, word: string): string {
  return `${String(count)} ${word}${count === 1 ? '' : 's'}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
