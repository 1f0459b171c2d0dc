import { DAY_TYPES, SEASONS } from '../scoring/calendar-cells.js';
import type { BacktestHorizon } from '../scoring/horizon-scores.js';
import { type Chart, colour, type Datum, fixed, WIDTH } from './chart.js';
import type { HourCell } from './report-data.js';
import { horizonLabel } from './shown-horizons.js';

const SEASON_NAMES: Readonly<Record<string, string>> = {
  DJF: 'Dec–Feb',
  MAM: 'Mar–May',
  JJA: 'Jun–Aug',
  SON: 'Sep–Nov',
};
const DAY_NAMES: Readonly<Record<string, string>> = {
  workday: 'workday',
  saturday: 'Saturday',
  'sunday-or-holiday': 'Sunday, holiday',
};

/** Each horizon has its own scale: how its error differs within the day, not from other horizons. */
export function hourChart(cells: readonly HourCell[], shown: readonly number[]): Chart {
  const worst = new Map(
    shown.map((minutes) => [
      minutes,
      Math.max(...cells.filter((one) => one.minutes === minutes).map(({ mape }) => mape)),
    ]),
  );
  const values: Datum[] = cells.map(({ minutes, hour, dayType, mape }) => ({
    horizon: horizonLabel(minutes),
    hour,
    day: DAY_NAMES[dayType] ?? dayType,
    share: mape / Math.max(1e-9, worst.get(minutes) ?? 1),
    text: mape < 9.95 ? fixed(mape, 1) : fixed(mape, 0),
  }));
  const x = { field: 'hour', type: 'ordinal', title: 'hour of day (local)', axis: { labelAngle: 0 } };
  const y = { field: 'day', type: 'ordinal', title: null, sort: DAY_TYPES.map((type) => DAY_NAMES[type]) };
  return {
    title: 'Error by hour of day and day type',
    caption: 'MAPE in percent; darker is worse, each horizon on its own scale.',
    alt: `Heat maps of MAPE by hour and day type for ${shown.map(horizonLabel).join(', ')}; the numbers are in the table.`,
    spec: {
      data: { values },
      columns: 1,
      spacing: 10,
      facet: {
        field: 'horizon',
        type: 'nominal',
        sort: shown.map(horizonLabel),
        title: null,
        header: { labelAnchor: 'start' },
      },
      spec: {
        width: 2 * WIDTH - 200,
        height: 72,
        layer: [
          {
            mark: { type: 'rect', color: 'var(--heat)' },
            encoding: {
              x,
              y,
              opacity: {
                field: 'share',
                type: 'quantitative',
                legend: null,
                scale: { domain: [0, 1], range: [0.03, 0.8] },
              },
            },
          },
          {
            mark: { type: 'text', fontSize: 9.5, color: 'var(--ink)' },
            encoding: { x, y, text: { field: 'text' } },
          },
        ],
      },
    },
    header: ['horizon', 'day type', 'hour', 'n', 'MAPE, %', 'bias, MW', 'covered, %', 'skill, ramp 24 h'],
    rows: cells.map(({ minutes, dayType, hour, n, mape, bias, coverage80, skill }) => [
      horizonLabel(minutes),
      DAY_NAMES[dayType] ?? dayType,
      String(hour),
      String(n),
      fixed(mape, 3),
      fixed(bias, 1),
      fixed(coverage80, 1),
      fixed(skill.ramp24h, 3),
    ]),
  };
}

/** Seasons and day types side by side, bars a horizon. */
export function seasonChart(horizons: readonly BacktestHorizon[]): Chart {
  const cells = horizons.flatMap(({ minutes, bySeason, byDayType }) => [
    ...bySeason.map((cell) => ({
      ...cell,
      minutes,
      kind: 'season',
      name: SEASON_NAMES[cell.season] ?? cell.season,
    })),
    ...byDayType.map((cell) => ({
      ...cell,
      minutes,
      kind: 'day type',
      name: DAY_NAMES[cell.dayType] ?? cell.dayType,
    })),
  ]);
  const names = horizons.map(({ minutes }) => horizonLabel(minutes));
  const order = [
    ...SEASONS.map((season) => SEASON_NAMES[season]),
    ...DAY_TYPES.map((type) => DAY_NAMES[type]),
  ];
  return {
    title: 'Error by season and day type',
    caption: 'MAPE in percent. Seasons by months, as only those of the test period can be judged.',
    alt: `Bars of MAPE by season and day type for ${names.join(', ')}; the numbers are in the table.`,
    spec: {
      data: {
        values: cells.map(({ minutes, name, mape }) => ({ horizon: horizonLabel(minutes), name, mape })),
      },
      width: WIDTH,
      height: 200,
      mark: { type: 'bar' },
      encoding: {
        x: { field: 'name', type: 'nominal', sort: order, title: null, axis: { labelAngle: 0 } },
        xOffset: { field: 'horizon', type: 'nominal', sort: null },
        y: { field: 'mape', type: 'quantitative', title: 'MAPE, %' },
        color: { ...colour('horizon', names), legend: { symbolType: 'square' } },
      },
    },
    header: [
      '',
      'horizon',
      'n',
      'MAPE, %',
      'RMSE, MW',
      'bias, MW',
      'pinball, MW',
      'covered, %',
      'skill, ramp 24 h',
    ],
    rows: cells.map(({ name, minutes, n, mape, rmse, bias, pinball, coverage80, skill }) => [
      name,
      horizonLabel(minutes),
      String(n),
      fixed(mape, 3),
      fixed(rmse, 1),
      fixed(bias, 1),
      fixed(pinball, 1),
      fixed(coverage80, 1),
      fixed(skill.ramp24h, 3),
    ]),
  };
}
