import { type Chart, colour, fixed, WIDTH } from './chart.js';
import { type Importance, type ImportanceResult, meanRise } from './permutation-importance.js';
import { horizonLabel } from './shown-horizons.js';

const TOP_FEATURES = 15;

export function groupImportanceChart({ groups, horizonsMinutes, origins }: ImportanceResult): Chart {
  const names = horizonsMinutes.map(horizonLabel);
  return {
    title: 'What the model rests on: groups of features',
    caption: `Rise of the mean absolute error, in percent, when the group's values are shuffled between ${String(origins)} sampled origins of the test. It is the model's correction that is asked, not the ramp baseline that it corrects.`,
    alt: `Bars of permutation importance by feature group; the largest is ${groups[0]?.name ?? 'none'}.`,
    spec: {
      data: {
        values: groups.flatMap(({ name, risePercent }) =>
          names.map((horizon, at) => ({ name, horizon, rise: risePercent[at] ?? null })),
        ),
      },
      width: WIDTH - 100,
      height: { step: 10 },
      mark: 'bar',
      encoding: {
        y: { field: 'name', type: 'nominal', sort: null, title: null, axis: { labelLimit: 220 } },
        yOffset: { field: 'horizon', type: 'nominal', sort: null },
        x: { field: 'rise', type: 'quantitative', title: 'rise of MAE, %' },
        color: { ...colour('horizon', names), legend: { symbolType: 'square' } },
      },
    },
    ...table(groups, names),
  };
}

export function featureImportanceChart({ features, horizonsMinutes }: ImportanceResult): Chart {
  const names = horizonsMinutes.map(horizonLabel);
  const top = features.slice(0, TOP_FEATURES);
  return {
    title: `What the model rests on: the first ${String(top.length)} features`,
    caption:
      'Each feature shuffled alone, mean over the horizons. Features that say the same share their importance: each alone can be spared.',
    alt: `Bars of permutation importance by feature; the largest is ${top[0]?.name ?? 'none'}.`,
    spec: {
      data: { values: top.map((one) => ({ name: one.name, rise: meanRise(one) })) },
      width: WIDTH - 100,
      height: { step: 18 },
      mark: { type: 'bar', color: 'var(--c1)' },
      encoding: {
        y: { field: 'name', type: 'nominal', sort: null, title: null, axis: { labelLimit: 220 } },
        x: { field: 'rise', type: 'quantitative', title: 'rise of MAE, %' },
      },
    },
    ...table(top, names),
  };
}

function table(importances: readonly Importance[], names: readonly string[]): Pick<Chart, 'header' | 'rows'> {
  return {
    header: ['', 'mean, %', ...names.map((name) => `${name}, %`)],
    rows: importances.map((one) => [
      one.name,
      fixed(meanRise(one), 2),
      ...one.risePercent.map((value) => fixed(value, 2)),
    ]),
  };
}
