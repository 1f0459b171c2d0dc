import { describe, expect, it } from 'vitest';
import { fitNet, type NetOptions, type NetRows } from '../../../src/train/mlp/fit-net.js';
import { runNet } from '../../../src/train/mlp/net.js';
import { seededRandom } from '../../../src/train/random.js';
import { fitRidge, runLinear } from '../../../src/train/ridge.js';

const WIDTH = 4;
const OPTIONS: NetOptions = {
  hidden: [24, 12],
  probabilities: [0.5, 0.1, 0.9],
  batchRows: 128,
  steps: 700,
  rate: 5e-3,
  weightDecay: 1e-3,
  smoothing: 0.05,
  seed: 1,
};

function draw(rows: number, seed: number, noise: number, shape: (x: readonly number[]) => number): NetRows {
  const random = seededRandom(seed);
  const inputs = Float32Array.from({ length: rows * WIDTH }, () => 2 * random() - 1);
  const target = Float32Array.from({ length: rows }, (_, row) => {
    const x = [...inputs.subarray(row * WIDTH, (row + 1) * WIDTH)];
    return shape(x) + noise * (2 * random() - 1);
  });
  return { rows, inputs, width: WIDTH, target, weights: new Float32Array(rows).fill(1) };
}

const bent = ([a = 0, b = 0, c = 0]: readonly number[]): number => Math.sin(3 * a) * b + Math.abs(c);

describe('fitNet', () => {
  it('learns what a linear model cannot, and the quantiles of what is left', async () => {
    const rows = draw(4000, 1, 0.3, bent);
    const later = draw(2000, 2, 0.3, bent);
    const net = await fitNet(rows, OPTIONS);
    const answers = runNet(net, later.inputs, later.rows);
    const linear = runLinear(fitRidge(rows, later).model, later.inputs, later.rows);
    let netError = 0;
    let linearError = 0;
    let below = 0;
    let above = 0;
    later.target.forEach((value, row) => {
      netError += Math.abs(value - (answers[3 * row] ?? 0));
      linearError += Math.abs(value - (linear[row] ?? 0));
      if (value < (answers[3 * row + 1] ?? 0)) below += 1;
      if (value > (answers[3 * row + 2] ?? 0)) above += 1;
    });
    // The noise alone leaves 0.15 a row.
    expect(netError / later.rows).toBeLessThan(0.21);
    expect(linearError / later.rows).toBeGreaterThan(0.25);
    expect(below / later.rows).toBeGreaterThan(0.05);
    expect(below / later.rows).toBeLessThan(0.17);
    expect(above / later.rows).toBeGreaterThan(0.05);
    expect(above / later.rows).toBeLessThan(0.17);
  });

  it('gives the same network for the same rows and seed, another for another seed', async () => {
    const rows = draw(300, 3, 0.1, bent);
    const quick = { ...OPTIONS, steps: 40 };
    const first = await fitNet(rows, quick);
    expect(await fitNet(rows, quick)).toEqual(first);
    expect(await fitNet(rows, { ...quick, seed: 2 })).not.toEqual(first);
  });

  it('trains on fewer rows than a batch', async () => {
    const rows = draw(5, 4, 0, bent);
    const net = await fitNet(rows, OPTIONS);
    expect(runNet(net, rows.inputs, rows.rows).every((value) => Number.isFinite(value))).toBe(true);
  });

  it('lets heavy rows decide', async () => {
    const rows = draw(600, 5, 0, () => 0);
    const heavy = rows.target.map((_, row) => (row % 3 === 0 ? 1 : 0));
    const weights = rows.target.map((_, row) => (row % 3 === 0 ? 20 : 1));
    const net = await fitNet({ ...rows, target: heavy, weights }, { ...OPTIONS, steps: 400 });
    const answers = runNet(net, rows.inputs, rows.rows);
    const median = [...answers].filter((_, at) => at % 3 === 0).sort((a, b) => a - b)[300] ?? 0;
    expect(median).toBeGreaterThan(0.8);
  });

  it('is the same with inputs that are always 0, which get no weight', async () => {
    const rows = draw(300, 10, 0.1, bent);
    const quick = { ...OPTIONS, steps: 40 };
    const [before, after] = [2, 3];
    const width = before + WIDTH + after;
    const inputs = new Float32Array(rows.rows * width);
    for (let row = 0; row < rows.rows; row += 1)
      inputs.set(rows.inputs.subarray(row * WIDTH, (row + 1) * WIDTH), row * width + before);
    const wide = { ...rows, inputs, width };
    const [first, ...others] = (await fitNet(rows, quick)).layers;
    const [wideFirst, ...wideOthers] = (await fitNet(wide, quick)).layers;
    if (first === undefined || wideFirst === undefined) throw new Error('no layers');
    const { outputs } = first;
    expect(wideFirst.weights.subarray(before * outputs, (before + WIDTH) * outputs)).toEqual(first.weights);
    expect(wideFirst.weights.filter((weight) => weight === 0)).toHaveLength((before + after) * outputs);
    expect(wideOthers).toEqual(others);
    const ridge = fitRidge(rows, null).model;
    const wideRidge = fitRidge(wide, null).model;
    expect([...wideRidge.weights]).toEqual([0, 0, ...ridge.weights, 0, 0, 0]);
    expect(wideRidge.intercept).toBe(ridge.intercept);
  });

  it('says so when it diverges', async () => {
    const rows = draw(50, 6, 0, bent);
    const wild = { ...rows, target: rows.target.map(() => Number.NaN) };
    await expect(fitNet(wild, { ...OPTIONS, steps: 5 })).rejects.toThrow(/diverged/);
  });
});

describe('fitRidge', () => {
  it('finds a line, and the penalty that later rows like best', () => {
    const line = ([a = 0, b = 0]: readonly number[]): number => 2 * a - b + 0.5;
    const { model, lambda } = fitRidge(draw(500, 7, 0.01, line), draw(200, 8, 0.01, line));
    expect(lambda).toBe(3);
    expect(model.weights[0]).toBeCloseTo(2, 1);
    expect(model.weights[1]).toBeCloseTo(-1, 1);
    expect(model.intercept).toBeCloseTo(0.5, 1);
  });

  it('counts a row of weight 2 as two rows', () => {
    const rows = draw(60, 9, 0.5, bent);
    const doubled = { ...rows, weights: rows.weights.map((_, row) => (row < 30 ? 2 : 1)) };
    const twice: NetRows = {
      rows: 90,
      width: WIDTH,
      inputs: Float32Array.of(...rows.inputs, ...rows.inputs.subarray(0, 30 * WIDTH)),
      target: Float32Array.of(...rows.target, ...rows.target.subarray(0, 30)),
      weights: new Float32Array(90).fill(1),
    };
    const one = fitRidge(doubled, null, 10).model;
    const two = fitRidge(twice, null, 10).model;
    one.weights.forEach((weight, i) => {
      expect(weight).toBeCloseTo(two.weights[i] ?? 0, 5);
    });
  });
});
