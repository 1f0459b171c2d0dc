import type { BacktestResult } from '../train/backtest.js';
import type { BacktestHorizon } from '../train/backtest-rows.js';
import type { FoldResult } from '../train/cross-validation.js';
import { type FoldHorizon, type Spread } from '../train/fold-summary.js';
import { horizonLabel, shownHorizons } from '../train/report/shown-horizons.js';
import type { CellSummary } from '../train/scoring/score-cell.js';
import { table } from './table.js';

const fixed = (value: number | null | undefined, digits: number): string =>
  value === null || value === undefined || !Number.isFinite(value) ? '-' : value.toFixed(digits);

/** The result as a person reads it: every horizon, then the breakdowns of a few. */
export function backtestText(result: BacktestResult): string {
  const { zone, stepMinutes, trainedUntil, rows, trainSeconds, horizons, operator } = result;
  const issue =
    operator?.issueTime === 'unknown' ? ' (issue time unknown: it may know more than the model)' : '';
  return [
    `${zone}, ${String(stepMinutes)} min step, trained until ${trainedUntil} on ${String(rows)} rows in ${trainSeconds.toFixed(1)} s`,
    ...poolingLines(result),
    `MAPE and coverage in percent; skill = 1 - MAE / MAE of the baseline${operator === undefined ? '' : `; operator: the operator's forecast${issue}`}`,
    '',
    horizonTable(horizons, operator !== undefined),
    breakdownTable(horizons),
  ].join('\n');
}

function poolingLines({ pooling }: BacktestResult): string[] {
  if (pooling === undefined) return [];
  const lent = pooling.donors.map(({ zone, rows }) => `${String(rows)} of ${zone}`);
  return [
    `pooled with rescaled rows: ${lent.length === 0 ? 'none' : lent.join(', ')}`,
    ...pooling.ignored.map(({ zone, why }) => `not pooled with ${zone}: ${why}`),
  ];
}

function horizonTable(horizons: readonly BacktestHorizon[], withOperator: boolean): string {
  const header = [
    ...['horizon', 'n', 'MAPE', 'RMSE MW', 'bias MW', 'pinball', 'coverage80'],
    ...['persistence', 'ramp 24 h', 'ramp 7 d', 'skill pers.', 'skill 24 h', 'skill 7 d'],
    ...(withOperator ? ['operator n', 'operator', 'MAPE there', 'skill op.'] : []),
  ];
  const lines = horizons.map(
    ({ minutes, n, mape, rmse, bias, pinball, coverage80, baselines, skill, operator }) => [
      `${String(minutes)} min`,
      String(n),
      fixed(mape, 3),
      fixed(rmse, 1),
      fixed(bias, 1),
      fixed(pinball, 1),
      fixed(coverage80, 1),
      ...[baselines.persistence, baselines.ramp24h, baselines.ramp7d].map((value) => fixed(value, 3)),
      ...[skill.persistence, skill.ramp24h, skill.ramp7d].map((value) => fixed(value, 3)),
      ...(withOperator
        ? [
            String(operator?.n ?? 0),
            fixed(operator?.mape, 3),
            fixed(operator?.modelMape, 3),
            fixed(operator?.skill, 3),
          ]
        : []),
    ],
  );
  return table(header, lines);
}

/** MAPE and skill of the horizons that stand for all, by season, day type and hour; `--json` has everything. */
function breakdownTable(all: readonly BacktestHorizon[]): string {
  const shown = new Set(shownHorizons(all.map(({ minutes }) => minutes)));
  const horizons = all.filter(({ minutes, n }) => shown.has(minutes) && n > 0);
  const header = ['', ...horizons.flatMap(({ minutes }) => [`${horizonLabel(minutes)} MAPE`, 'skill 24 h'])];
  const line = (label: string, of: (horizon: BacktestHorizon) => CellSummary | undefined): string[] => [
    label,
    ...horizons.flatMap((horizon) => {
      const cell = of(horizon);
      return [fixed(cell?.mape, 3), fixed(cell?.skill.ramp24h, 3)];
    }),
  ];
  const seasons = [...new Set(horizons.flatMap(({ bySeason }) => bySeason.map(({ season }) => season)))];
  const dayTypes = [...new Set(horizons.flatMap(({ byDayType }) => byDayType.map(({ dayType }) => dayType)))];
  const hours = [...new Set(horizons.flatMap(({ byHour }) => byHour.map(({ hour }) => hour)))].sort(
    (a, b) => a - b,
  );
  return table(header, [
    ...seasons.map((season) => line(season, ({ bySeason }) => bySeason.find((one) => one.season === season))),
    ...dayTypes.map((type) =>
      line(type, ({ byDayType }) => byDayType.find(({ dayType }) => dayType === type)),
    ),
    ...hours.map((hour) =>
      line(`${String(hour).padStart(2, '0')} h`, ({ byHour }) => byHour.find((one) => one.hour === hour)),
    ),
  ]);
}

/** Mean and spread over the folds, a horizon each, after one line a fold. */
export function foldsText(
  zone: string,
  folds: readonly FoldResult[],
  summary: readonly FoldHorizon[],
): string {
  const spread = (value: Spread | null, digits: number): string =>
    value === null ? '-' : `${fixed(value.mean, digits)} ± ${fixed(value.sd, digits)}`;
  const range = (value: Spread | null): string =>
    value === null ? '-' : `${fixed(value.min, 3)} .. ${fixed(value.max, 3)}`;
  return [
    `${zone}: ${String(folds.length)} folds, each trained only on what came before its block; mean ± standard deviation over the folds`,
    '',
    table(
      ['fold', 'from', 'until', 'rows', 'training'],
      folds.map(({ fold, testFrom, testUntil, rows, trainSeconds }) => [
        String(fold),
        testFrom,
        testUntil,
        String(rows),
        `${trainSeconds.toFixed(1)} s`,
      ]),
    ),
    table(
      ['horizon', 'MAPE', 'range', 'RMSE MW', 'bias MW', 'pinball', 'coverage80', 'skill 24 h'],
      summary.map(({ minutes, mape, rmse, bias, pinball, coverage80, skillRamp24h }) => [
        `${String(minutes)} min`,
        spread(mape, 3),
        range(mape),
        spread(rmse, 1),
        spread(bias, 1),
        spread(pinball, 1),
        spread(coverage80, 1),
        spread(skillRamp24h, 3),
      ]),
    ),
  ].join('\n');
}
