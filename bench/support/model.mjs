import { createHash, generateKeyPairSync } from 'node:crypto';
import path from 'node:path';
import { ZoneProfiles } from '../../dist/config/zone-profiles.js';
import { openEmbeddedLog } from '../../dist/log/embedded-log.js';
import { openLocalCodec } from '../../dist/log/local-codec.js';
import { loadTopicSpecs } from '../../dist/log/topic-specs.js';
import { signerFromPem } from '../../dist/model/signature.js';
import { boost } from '../../dist/train/gbdt/boost.js';
import { DEFAULT_GBDT_OPTIONS } from '../../dist/train/gbdt/options.js';
import { writeOnnx } from '../../dist/train/onnx/write-model.js';
import { groupHorizons } from '../../dist/train/group/horizon-groups.js';
import { INPUT_WIDTH, PLAIN_FEATURES } from '../../dist/train/mlp/net-inputs.js';
import { seededRandom } from '../../dist/train/random.js';
import { trainZones } from '../../dist/train/trainer.js';
import { withScratch } from './scratch.mjs';
import { FEATURE_COUNT } from '../../dist/features/feature-names.js';
import { realRows } from './real-rows.mjs';
import { DAY_MS, encodedChunks, FROM_MS, SIMULATED_ZONES } from './simulated.mjs';

const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const signer = signerFromPem(pem);

/**
 * A model of the trainer's, fitted to one simulated zone.
 * @param {{ days: number, gbdt?: object, rowBudget?: number }} options
 * @returns a record as it stands on the models topic
 */
export function trainedModel({ days, gbdt = {}, rowBudget }) {
  return withScratch(async (dir) => {
    const log = await openEmbeddedLog({ dir: path.join(dir, 'log') });
    try {
      const specs = loadTopicSpecs();
      await log.ensureTopics(specs);
      const codec = await openLocalCodec({ dir });
      await codec.register(specs.map(({ name }) => name));
      for (const chunk of encodedChunks(codec, FROM_MS - days * DAY_MS, FROM_MS)) {
        for (const { topic, records } of chunk) await log.append(topic, records);
      }
      const [outcome] = await trainZones({
        log,
        codec,
        signer,
        profiles: new ZoneProfiles(SIMULATED_ZONES),
        zones: [SIMULATED_ZONES[0].zone],
        kind: 'initial',
        nowMs: FROM_MS,
        seed: 1,
        gbdt,
        ...(rowBudget === undefined ? {} : { rowBudget }),
      });
      if (outcome.model === null) throw outcome.error;
      return outcome.model;
    } finally {
      await log.close();
    }
  });
}

/**
 * The same model with trees of a given shape, grown on noise over real rows so that none stays small: for what they cost
 * to run, not for what they say.
 */
export function withTrees(model, { trees, leaves, nowcasts }) {
  const { horizonsMinutes } = model.manifest;
  const buffer = realRows(nowcasts);
  const random = seededRandom(1);
  const target = Float32Array.from({ length: buffer.rows }, () => (random() - 0.5) / 100);
  const matrix = { rows: buffer.rows, width: FEATURE_COUNT, data: buffer.view() };
  const options = { ...DEFAULT_GBDT_OPTIONS, trees, leaves, maxDepth: 12, minRowsPerLeaf: 5 };
  const { ensemble } = boost({ matrix, target }, null, options);
  if (ensemble.trees.length !== trees)
    throw new Error(`${ensemble.trees.length} of ${trees} trees were grown`);
  const groups = groupsOf(horizonsMinutes, ensemble);
  const artifact = Buffer.from(writeOnnx(groups));
  const manifest = {
    ...model.manifest,
    artifactBytes: artifact.length,
    artifactSha256: createHash('sha256').update(artifact).digest('hex'),
  };
  return { ...model, manifest, artifact: artifact.toString('base64'), signature: signer.sign(manifest) };
}

/** Groups of horizons with these trees, and a linear model that says nothing. */
export function groupsOf(horizonsMinutes, ensemble) {
  const nothing = { weights: new Float32Array(INPUT_WIDTH), intercept: 0 };
  const scaling = {
    mean: new Float32Array(PLAIN_FEATURES.length),
    inverseDeviation: new Float32Array(PLAIN_FEATURES.length).fill(1e-3),
  };
  const net = {
    layers: [
      {
        inputs: INPUT_WIDTH,
        outputs: 3,
        weights: new Float32Array(INPUT_WIDTH * 3),
        bias: Float32Array.of(0, -1, 1),
      },
    ],
  };
  return groupHorizons(horizonsMinutes).map((group) => ({
    group,
    scaleMw: 1,
    scaling,
    ridge: { reference: 'baseline', scaleMw: 1, model: nothing },
    nets: [{ reference: 'last', scaleMw: 1, model: net }],
    trees: [{ reference: 'last', scaleMw: 1, model: ensemble }],
    blend: Float32Array.of(0, 0, 1),
  }));
}

/** One version for each zone, as the product has them: the trees are those of one zone, their cost is not another's. */
export function modelForEachZone(model, zones) {
  return zones.map((zone) => {
    const version = `bench-${zone}`;
    const manifest = { ...model.manifest, version, zones: [zone] };
    return { ...model, version, status: 'promoted', manifest, signature: signer.sign(manifest) };
  });
}
