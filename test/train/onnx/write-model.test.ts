import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { FEATURE_COUNT, featureIndex } from '../../../src/features/feature-names.js';
import { MODEL_OUTPUTS } from '../../../src/model/model-outputs.js';
import { runModel } from '../../../src/train/fitted-model.js';
import { boost } from '../../../src/train/gbdt/boost.js';
import { DEFAULT_GBDT_OPTIONS } from '../../../src/train/gbdt/options.js';
import { type GroupModel, NET_PROBABILITIES } from '../../../src/train/group/group-model.js';
import { groupHorizons } from '../../../src/train/group/horizon-groups.js';
import { INPUT_WIDTH, scaleInputs } from '../../../src/train/mlp/net-inputs.js';
import { writeOnnx } from '../../../src/train/onnx/write-model.js';
import { type Random, seededRandom } from '../../../src/train/random.js';

const HORIZONS = [5, 10, 15, 60, 180];
const HORIZON = featureIndex('horizon_minutes');
const CALENDAR = {
  minute_of_day: 1440,
  day_of_year: 366,
  day_of_week: 7,
  day_type: 3,
} as const;

/** Rows of real layout: values of different sizes, missing at random, calendar features in their range. */
function draw(rows: number, random: Random, horizons = HORIZONS) {
  const features = new Float32Array(rows * FEATURE_COUNT);
  const horizonIndex = new Uint16Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const at = row * FEATURE_COUNT;
    for (let f = 0; f < FEATURE_COUNT; f += 1) {
      features[at + f] = random() < 0.1 ? Number.NaN : (random() - 0.5) * 10 ** (f % 5);
    }
    for (const [name, count] of Object.entries(CALENDAR))
      features[at + featureIndex(name)] = Math.floor(random() * count);
    const h = Math.floor(random() * horizons.length);
    features[at + HORIZON] = horizons[h] ?? 0;
    features[at + featureIndex('baseline_ramp')] = 100 * (random() - 0.5);
    horizonIndex[row] = HORIZONS.indexOf(horizons[h] ?? 0);
  }
  return { features, horizonIndex, rows };
}

function randomGroups(random: Random): GroupModel[] {
  const values = (length: number, size: number) =>
    Float32Array.from({ length }, () => (random() - 0.5) * size);
  return groupHorizons(HORIZONS).map((group): GroupModel => {
    const { features, rows } = draw(300, random);
    const target = values(rows, 2);
    const matrix = { rows, width: FEATURE_COUNT, data: features };
    const { ensemble } = boost({ matrix, target }, null, {
      ...DEFAULT_GBDT_OPTIONS,
      trees: 8,
      leaves: 7,
      minRowsPerLeaf: 5,
    });
    const layer = (inputs: number, outputs: number) => ({
      inputs,
      outputs,
      weights: values(inputs * outputs, 0.5),
      bias: values(outputs, 0.5),
    });
    const net = () => ({ layers: [layer(INPUT_WIDTH, 9), layer(9, 6), layer(6, NET_PROBABILITIES.length)] });
    return {
      group,
      scaleMw: 50,
      scaling: scaleInputs(matrix),
      ridge: {
        reference: 'baseline',
        scaleMw: 50,
        model: { weights: values(INPUT_WIDTH, 0.2), intercept: 0.25 },
      },
      nets: [
        { reference: 'last', scaleMw: 80, model: net() },
        { reference: 'yesterday', scaleMw: 60, model: net() },
      ],
      trees: [{ reference: 'last', scaleMw: 80, model: ensemble }],
      blend: Float32Array.of(0.1, 0.3, 0.2, 0.3),
    };
  });
}

const modelOf = (groups: readonly GroupModel[]) => ({
  horizonsMinutes: HORIZONS,
  groups,
  scaleMw: HORIZONS.map(() => 50),
});

async function run(bytes: Uint8Array, features: Float32Array): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  try {
    const rows = features.length / FEATURE_COUNT;
    const results = await session.run({ features: new Tensor('float32', features, [rows, FEATURE_COUNT]) });
    expect(results['difference']?.dims).toEqual([rows, MODEL_OUTPUTS]);
    return results['difference']?.data as Float32Array;
  } finally {
    await session.release();
  }
}

function expectEqual(answer: Float32Array, expected: Float32Array): void {
  expect(answer.length).toBe(expected.length);
  answer.forEach((value, at) => {
    const wanted = expected[at] ?? Number.NaN;
    expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1e-4 * (1 + Math.abs(wanted)));
  });
}

describe('writeOnnx', () => {
  it.each([1, 2, 3])('says what the trainer says, each row by its own group (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const groups = randomGroups(random);
    expect(groups.length).toBe(4);
    const { features, horizonIndex } = draw(257, random);
    const expected = runModel(modelOf(groups), features, horizonIndex);
    expectEqual(await run(writeOnnx(groups), features), expected);
    expect(expected.some((value) => Math.abs(value) > 0.1)).toBe(true);
  });

  it('answers a batch in which a group has no row', async () => {
    const random = seededRandom(4);
    const groups = randomGroups(random);
    const { features, horizonIndex } = draw(40, random, [5, 180]);
    expectEqual(await run(writeOnnx(groups), features), runModel(modelOf(groups), features, horizonIndex));
  });

  it('gives quantiles on the right side of the forecast', async () => {
    const random = seededRandom(5);
    const answer = await run(writeOnnx(randomGroups(random)), draw(200, random).features);
    for (let at = 0; at < answer.length; at += MODEL_OUTPUTS) {
      expect(answer[at + 1]).toBeLessThanOrEqual(0);
      expect(answer[at + 2]).toBeGreaterThanOrEqual(0);
    }
  });

  it('takes a horizon that it was not trained for to the nearest group', async () => {
    const random = seededRandom(6);
    const groups = randomGroups(random);
    const { features } = draw(1, random, [180]);
    const bytes = writeOnnx(groups);
    const near = Float32Array.from(features);
    near[HORIZON] = 1440;
    expect((await run(bytes, near)).every((value) => Number.isFinite(value))).toBe(true);
  });

  it('writes the same bytes for the same model', () => {
    expect(writeOnnx(randomGroups(seededRandom(7)))).toEqual(writeOnnx(randomGroups(seededRandom(7))));
  });
});
