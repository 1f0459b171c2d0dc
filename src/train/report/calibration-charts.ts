import { PIT_BINS } from '../scoring/calibration.js';
import type { BacktestHorizon } from '../scoring/horizon-scores.js';
import { type Chart, colour, type Datum, fixed, WIDTH } from './chart.js';
import { horizonLabel } from './shown-horizons.js';

/** Of the horizons that stand for all, those whose rows have a band. */
function banded(horizons: readonly BacktestHorizon[]): BacktestHorizon[] {
  return horizons.filter(({ calibration }) => calibration.n > 0);
}

export function reliabilityChart(shown: readonly BacktestHorizon[]): Chart {
  const horizons = banded(shown);
  const values: Datum[] = horizons.flatMap(({ minutes, calibration }) =>
    calibration.quantiles.map(({ probability, observed }) => ({
      name: horizonLabel(minutes),
      probability: 100 * probability,
      observed: 100 * observed,
    })),
  );
  const x = { field: 'probability', type: 'quantitative', title: 'nominal, %', scale: { domain: [0, 100] } };
  const y = { field: 'observed', type: 'quantitative', title: 'observed, %', scale: { domain: [0, 100] } };
  const diagonal = [0, 100].map((both) => ({ probability: both, observed: both }));
  const rows = horizons.map(({ minutes, calibration: { n, quantiles } }) => [
    horizonLabel(minutes),
    String(n),
    ...quantiles.flatMap(({ observed, observedRaw }) => [
      fixed(100 * observed, 1),
      observedRaw === undefined ? '–' : fixed(100 * observedRaw, 1),
    ]),
  ]);
  return {
    title: 'Reliability of the quantiles',
    caption:
      'Share of actuals at or below P10, the forecast taken as the median, and P90, against the nominal 10, 50 and 90 %. On the dashed line is right.',
    alt: `Plot of observed against nominal probability for ${horizons.map(({ minutes }) => horizonLabel(minutes)).join(', ')}; the numbers are in the table.`,
    spec: {
      width: 320,
      height: 320,
      layer: [
        {
          data: { values: diagonal },
          mark: { type: 'line', color: 'var(--ink)', strokeDash: [4, 3], strokeWidth: 1 },
          encoding: { x, y },
        },
        {
          data: { values },
          mark: { type: 'line', point: { size: 50 }, strokeWidth: 1.5 },
          encoding: {
            x,
            y,
            color: colour(
              'name',
              horizons.map(({ minutes }) => horizonLabel(minutes)),
            ),
          },
        },
      ],
    },
    header: [
      'horizon',
      'n',
      ...['P10', 'P50', 'P90'].flatMap((name) => [`≤ ${name}, %`, `${name} before correction, %`]),
    ],
    rows,
  };
}

export function pitChart(shown: readonly BacktestHorizon[]): Chart {
  const horizons = banded(shown);
  const share = (count: number, n: number): number => (100 * count) / Math.max(1, n);
  const values: Datum[] = horizons.flatMap(({ minutes, calibration: { n, pit } }) =>
    pit.map((count, bin) => ({
      name: horizonLabel(minutes),
      from: bin / PIT_BINS,
      to: (bin + 1) / PIT_BINS,
      share: share(count, n),
    })),
  );
  return {
    title: 'Where actuals fall in the forecast distribution',
    caption: `Histogram of the probability integral transform under a two-piece normal through P10, forecast and P90; ${String(100 / PIT_BINS)} % a bin (dashed) is right. High at both ends: the band is too narrow; sloped: biased.`,
    alt: 'Histograms of the probability integral transform, one a horizon; the numbers are in the table.',
    spec: {
      data: { values },
      columns: 4,
      spacing: 18,
      facet: {
        field: 'name',
        type: 'nominal',
        sort: horizons.map(({ minutes }) => horizonLabel(minutes)),
        title: null,
      },
      spec: {
        width: WIDTH / 2 - 60,
        height: 120,
        layer: [
          {
            mark: { type: 'bar', color: 'var(--c1)' },
            encoding: {
              x: {
                field: 'from',
                type: 'quantitative',
                title: null,
                bin: { binned: true, step: 1 / PIT_BINS },
                axis: { grid: false, values: [0, 0.1, 0.5, 0.9, 1], format: '~g' },
              },
              x2: { field: 'to' },
              y: { field: 'share', type: 'quantitative', title: '% of rows' },
            },
          },
          {
            mark: { type: 'rule', color: 'var(--ink)', strokeDash: [4, 3] },
            encoding: { y: { datum: 100 / PIT_BINS } },
          },
        ],
      },
    },
    header: ['PIT', ...horizons.map(({ minutes }) => `${horizonLabel(minutes)}, %`)],
    rows: Array.from({ length: PIT_BINS }, (_, bin) => [
      `${fixed(bin / PIT_BINS, 2)} .. ${fixed((bin + 1) / PIT_BINS, 2)}`,
      ...horizons.map(({ calibration: { n, pit } }) => fixed(share(pit[bin] ?? 0, n), 1)),
    ]),
  };
}
