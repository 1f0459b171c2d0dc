import { type Chart, colour, type Datum, fixed, WIDTH } from './chart.js';
import type { ResidualSummary } from './report-data.js';
import { horizonLabel } from './shown-horizons.js';
import type { DayError, ScoredDay } from './worst-days.js';

export function dailyChart(days: readonly DayError[], shown: readonly number[]): Chart {
  const names = shown.map(horizonLabel);
  const values: Datum[] = days.flatMap(({ date, mape }) =>
    names.map((name, at) => ({ date, name, mape: mape[at] ?? null })),
  );
  return {
    title: 'Error by day',
    caption: 'MAPE of each local day in percent: does the model hold over the test period?',
    alt: `Line plot of the daily MAPE over ${String(days.length)} days for ${names.join(', ')}.`,
    spec: {
      data: { values: values.filter(({ mape }) => mape !== null) },
      width: 2 * WIDTH - 80,
      height: 200,
      mark: { type: 'line', strokeWidth: 1.5 },
      encoding: {
        x: {
          field: 'date',
          type: 'temporal',
          timeUnit: 'utcyearmonthdate',
          title: null,
          axis: { grid: false, format: '%d %b' },
        },
        y: { field: 'mape', type: 'quantitative', title: 'MAPE, %' },
        color: colour('name', names),
      },
    },
    header: ['day', ...names.map((name) => `${name}, %`)],
    rows: days.map(({ date, mape }) => [date, ...mape.map((value) => fixed(value, 3))]),
  };
}

/**
 * @param toLocal the zone's wall clock as if it were UTC, as Vega knows no time zones
 */
export function dayChart({ date, mape, series }: ScoredDay, toLocal: (epochMs: number) => number): Chart {
  const used = series.filter(({ points }) => points.length > 0);
  const names = ['actual', ...used.map(({ minutes }) => horizonLabel(minutes))];
  const banded = used.find(({ minutes }) => minutes >= 180) ?? used[0];
  const actuals = new Map(
    used.flatMap(({ points }) => points.map(({ targetMs, actualMw }) => [targetMs, actualMw] as const)),
  );
  const lines: Datum[] = [
    ...[...actuals].sort(([a], [b]) => a - b).map(([t, mw]) => ({ t: toLocal(t), mw, name: 'actual' })),
    ...used.flatMap(({ minutes, points }) =>
      points.map(({ targetMs, mw }) => ({ t: toLocal(targetMs), mw, name: horizonLabel(minutes) })),
    ),
  ];
  const band: Datum[] = (banded?.points ?? [])
    .filter(({ p10Mw, p90Mw }) => !Number.isNaN(p10Mw) && !Number.isNaN(p90Mw))
    .map(({ targetMs, p10Mw, p90Mw }) => ({ t: toLocal(targetMs), low: p10Mw, high: p90Mw }));
  const x = {
    field: 't',
    type: 'temporal',
    scale: { type: 'utc' },
    title: null,
    axis: { format: '%H:%M', grid: false, tickCount: 8 },
  };
  const y = { type: 'quantitative', title: 'MW', scale: { zero: false } };
  const hourly = used.map(({ minutes, points }) => ({
    minutes,
    points: new Map(points.map((point) => [point.targetMs, point])),
  }));
  return {
    title: `${date}, MAPE ${fixed(mape, 2)} %`,
    caption: `Actual and forecasts made so long before, with the P10–P90 band of the ${horizonLabel(banded?.minutes ?? 0)} forecast; local time.`,
    alt: `Demand on ${date} and its forecasts; MAPE ${used.map((one) => `${fixed(one.mape, 2)} % at ${horizonLabel(one.minutes)}`).join(', ')}.`,
    spec: {
      width: WIDTH / 2 + 40,
      height: 190,
      layer: [
        {
          data: { values: band },
          mark: { type: 'area', color: 'var(--c2)', opacity: 0.18 },
          encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
        },
        {
          data: { values: lines },
          mark: { type: 'line', strokeWidth: 1.5 },
          encoding: {
            x,
            y: { ...y, field: 'mw' },
            color: {
              field: 'name',
              type: 'nominal',
              sort: null,
              scale: {
                domain: names,
                range: ['var(--ink)', 'var(--c1)', 'var(--c2)', 'var(--c3)', 'var(--c4)'],
              },
              legend: { symbolType: 'stroke', symbolStrokeWidth: 3 },
            },
          },
        },
      ],
    },
    header: ['local time', 'actual, MW', ...used.map(({ minutes }) => `${horizonLabel(minutes)}, MW`)],
    rows: [...actuals]
      .sort(([a], [b]) => a - b)
      .filter(([t]) => toLocal(t) % 3_600_000 === 0)
      .map(([t, actual]) => [
        new Date(toLocal(t)).toISOString().slice(11, 16),
        fixed(actual, 0),
        ...hourly.map(({ points }) => fixed(points.get(t)?.mw, 0)),
      ]),
  };
}

export function residualChart(residuals: readonly ResidualSummary[]): Chart {
  const names = residuals.map(({ minutes }) => horizonLabel(minutes));
  const probabilities = residuals[0]?.quantiles.map(({ probability }) => probability) ?? [];
  return {
    title: 'Distribution of the errors',
    caption:
      'Forecast − actual in percent of the actual; the area below each line is 1. Right of 0 the forecast was too high.',
    alt: `Density of the percentage error for ${names.join(', ')}; its quantiles are in the table.`,
    spec: {
      data: {
        values: residuals.flatMap(({ minutes, density }) =>
          density.map((bin) => ({ ...bin, name: horizonLabel(minutes) })),
        ),
      },
      width: WIDTH,
      height: 220,
      mark: { type: 'line', interpolate: 'monotone', strokeWidth: 2 },
      encoding: {
        x: { field: 'percent', type: 'quantitative', title: 'error, % of actual', scale: { nice: false } },
        y: { field: 'density', type: 'quantitative', title: 'density' },
        color: colour('name', names),
      },
    },
    header: ['horizon', ...probabilities.map((one) => `P${String(Math.round(100 * one))}, %`)],
    rows: residuals.map(({ minutes, quantiles }) => [
      horizonLabel(minutes),
      ...quantiles.map(({ percent }) => fixed(percent, 2)),
    ]),
  };
}
