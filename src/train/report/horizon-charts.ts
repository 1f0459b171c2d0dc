import type { BacktestHorizon } from '../scoring/horizon-scores.js';
import { type Chart, colour, type Datum, fixed, horizonAxis, WIDTH } from './chart.js';
import { horizonLabel } from './shown-horizons.js';

const LOG_TICKS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

interface Line {
  readonly name: string;
  readonly of: (horizon: BacktestHorizon) => number | null | undefined;
}

function lineChart(
  horizons: readonly BacktestHorizon[],
  lines: readonly Line[],
  y: object,
  extra: readonly object[],
): object {
  const values: Datum[] = lines.flatMap(({ name, of }) =>
    horizons.map((horizon) => ({ minutes: horizon.minutes, name, value: of(horizon) ?? null })),
  );
  return {
    width: WIDTH,
    height: 260,
    layer: [
      ...extra,
      {
        data: { values: values.filter(({ value }) => Number.isFinite(value)) },
        mark: { type: 'line', point: horizons.length < 30 ? { size: 24 } : false, strokeWidth: 2 },
        encoding: {
          x: horizonAxis(horizons.map(({ minutes }) => minutes)),
          y: { field: 'value', type: 'quantitative', ...y },
          color: colour(
            'name',
            lines.map(({ name }) => name),
          ),
        },
      },
    ],
  };
}

function rule(value: number): object {
  return {
    data: { values: [{ value }] },
    mark: { type: 'rule', color: 'var(--ink)', strokeDash: [4, 3] },
    encoding: { y: { field: 'value', type: 'quantitative' } },
  };
}

function tableOf(horizons: readonly BacktestHorizon[], lines: readonly Line[], digits: number): string[][] {
  return horizons.map((horizon) => [
    horizonLabel(horizon.minutes),
    ...lines.map(({ of }) => fixed(of(horizon), digits)),
  ]);
}

const has = (horizons: readonly BacktestHorizon[], of: Line['of']): boolean =>
  horizons.some((horizon) => of(horizon) !== undefined);

export function errorChart(horizons: readonly BacktestHorizon[]): Chart {
  const operator: Line = { name: 'operator', of: ({ operator: its }) => its?.mape };
  const lines: Line[] = [
    { name: 'model', of: ({ mape }) => mape },
    { name: 'ramp 24 h', of: ({ baselines }) => baselines.ramp24h },
    { name: 'ramp 7 d', of: ({ baselines }) => baselines.ramp7d },
    { name: 'persistence', of: ({ baselines }) => baselines.persistence },
    ...(has(horizons, operator.of) ? [operator] : []),
  ];
  const [first, last] = [horizons[0], horizons.at(-1)];
  return {
    title: 'Error by horizon',
    caption: 'MAPE in percent, model and baselines on the same rows; both axes logarithmic. Lower is better.',
    alt: `Line plot of MAPE by horizon. The model goes from ${fixed(first?.mape, 2)} % to ${fixed(last?.mape, 2)} %, the 24 h ramp from ${fixed(first?.baselines.ramp24h, 2)} % to ${fixed(last?.baselines.ramp24h, 2)} %.`,
    spec: lineChart(
      horizons,
      lines,
      { title: 'MAPE, %', scale: { type: 'log', nice: false }, axis: { values: LOG_TICKS } },
      [],
    ),
    header: ['horizon', ...lines.map(({ name }) => `${name}, %`)],
    rows: tableOf(horizons, lines, 3),
  };
}

export function skillChart(horizons: readonly BacktestHorizon[]): Chart {
  const operator: Line = { name: 'operator', of: ({ skill }) => skill.operator };
  const lines: Line[] = [
    { name: 'against ramp 24 h', of: ({ skill }) => skill.ramp24h },
    { name: 'against ramp 7 d', of: ({ skill }) => skill.ramp7d },
    { name: 'against persistence', of: ({ skill }) => skill.persistence },
    ...(has(horizons, operator.of) ? [{ ...operator, name: 'against the operator' }] : []),
  ];
  return {
    title: 'Skill by horizon',
    caption:
      '1 − MAE / MAE of the baseline on the same rows. 0 (dashed) is no better than the baseline, 1 is perfect.',
    alt: `Line plot of skill by horizon; against the 24 h ramp it goes from ${fixed(horizons[0]?.skill.ramp24h, 2)} to ${fixed(horizons.at(-1)?.skill.ramp24h, 2)}.`,
    spec: lineChart(horizons, lines, { title: 'skill' }, [rule(0)]),
    header: ['horizon', ...lines.map(({ name }) => name)],
    rows: tableOf(horizons, lines, 3),
  };
}

export function coverageChart(horizons: readonly BacktestHorizon[]): Chart {
  const raw: Line = { name: 'before correction', of: ({ coverage80Raw }) => coverage80Raw };
  const withRaw = has(horizons, raw.of);
  const lines: Line[] = [
    { name: withRaw ? 'as issued (corrected)' : 'as issued', of: ({ coverage80 }) => coverage80 },
    ...(withRaw ? [raw] : []),
  ];
  const loss: Line[] = [
    { name: 'pinball, MW', of: ({ pinball }) => pinball },
    ...(withRaw ? [{ name: 'pinball before, MW', of: ({ pinballRaw }: BacktestHorizon) => pinballRaw }] : []),
  ];
  const low = Math.min(60, ...horizons.flatMap((one) => lines.map(({ of }) => of(one) ?? 80))) - 5;
  return {
    title: 'Coverage of the 80 % band by horizon',
    caption: 'Share of actuals between P10 and P90. 80 % (dashed) is right; below it the band is too narrow.',
    alt: `Line plot of coverage by horizon, from ${fixed(horizons[0]?.coverage80, 1)} % to ${fixed(horizons.at(-1)?.coverage80, 1)} %; 80 % is nominal.`,
    spec: lineChart(
      horizons,
      lines,
      { title: 'covered, %', scale: { domain: [Math.max(0, Math.floor(low / 10) * 10), 100], zero: false } },
      [rule(80)],
    ),
    header: ['horizon', ...lines.map(({ name }) => `${name}, %`), ...loss.map(({ name }) => name)],
    rows: horizons.map((one) => [
      horizonLabel(one.minutes),
      ...lines.map(({ of }) => fixed(of(one), 1)),
      ...loss.map(({ of }) => fixed(of(one), 2)),
    ]),
  };
}
