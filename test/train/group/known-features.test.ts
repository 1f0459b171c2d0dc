import { describe, expect, it } from 'vitest';
import { FEATURE_COUNT, featureIndex } from '../../../src/features/feature-names.js';
import { fitGroup, type GroupRows } from '../../../src/train/group/fit-group.js';
import { runGroup } from '../../../src/train/group/group-model.js';
import { knownFeatures } from '../../../src/train/group/known-features.js';
import { planOf } from '../../../src/train/plan.js';
import { seededRandom } from '../../../src/train/random.js';

const GROUP = { first: 0, horizonsMinutes: [60] };
const PLAN = planOf('first', { workFraction: 0.1 });
const RAMP = featureIndex('operator_ramp');

/** What is to be learnt stands in the operator's ramp where that is known, and in nothing else. */
function rowsOf(rows: number, knownFrom: number, seed: number): GroupRows {
  const random = seededRandom(seed);
  const features = Float32Array.from({ length: rows * FEATURE_COUNT }, () => 2 * random() - 1);
  const differenceMw = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const at = row * FEATURE_COUNT;
    differenceMw[row] = 100 * (features[at + RAMP] ?? 0);
    if (row < knownFrom) features[at + RAMP] = Number.NaN;
  }
  return { rows, features, differenceMw, actualMw: differenceMw.map((mw) => 1000 + mw) };
}

function errorOf(model: Parameters<typeof runGroup>[0], rows: GroupRows): number {
  const output = runGroup(model, rows.features, rows.rows);
  const stride = output.length / rows.rows;
  return rows.differenceMw.reduce(
    (sum, mw, row) => sum + Math.abs(mw - model.scaleMw * (output[row * stride] ?? 0)) / rows.rows,
    0,
  );
}

describe('features that are hardly known', () => {
  it('are those known in less than a fiftieth of the rows', () => {
    const data = Float32Array.from({ length: 300 }, (_, at) => {
      const [row, column] = [Math.floor(at / 3), at % 3];
      return column === 0 || (column === 1 && row < 2) ? 1 : Number.NaN;
    });
    expect(knownFeatures({ rows: 100, width: 3, data })).toEqual([0, 1]);
    data[1] = Number.NaN;
    expect(knownFeatures({ rows: 100, width: 3, data })).toEqual([0]);
  });

  it('are used by the model that serves only when the one that was judged had them', async () => {
    const later = rowsOf(200, 0, 3);
    const all = rowsOf(600, 450, 2);
    const unaware = await fitGroup(GROUP, rowsOf(400, 400, 1), rowsOf(100, 100, 4), PLAN, 1, null);
    const aware = await fitGroup(GROUP, rowsOf(400, 0, 1), rowsOf(100, 0, 4), PLAN, 1, null);
    expect(unaware.choice.features).not.toContain(RAMP);
    expect(aware.choice.features).toContain(RAMP);

    const refit = await fitGroup(GROUP, all, null, PLAN, 1, unaware.choice);
    const blind = { ...later, features: later.features.slice() };
    for (let row = 0; row < blind.rows; row += 1) blind.features[row * FEATURE_COUNT + RAMP] = Number.NaN;
    expect(runGroup(refit.model, later.features, later.rows)).toEqual(
      runGroup(refit.model, blind.features, blind.rows),
    );
    const knowing = await fitGroup(GROUP, all, null, PLAN, 1, aware.choice);
    expect(errorOf(knowing.model, later)).toBeLessThan(0.8 * errorOf(refit.model, later));
  });
});
