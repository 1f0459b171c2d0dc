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
import { seededRandom } from '../../dist/train/random.js';
import { trainZones } from '../../dist/train/trainer.js';
import { withScratch } from './scratch.mjs';
import { FEATURE_COUNT, featureIndex } from '../../dist/features/feature-names.js';
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
  const ridge = {
    mean: new Float32Array(FEATURE_COUNT),
    weights: new Float32Array(FEATURE_COUNT * horizonsMinutes.length),
    intercept: new Float32Array(horizonsMinutes.length),
  };
  const horizon = { column: featureIndex('horizon_minutes'), horizonsMinutes };
  const artifact = Buffer.from(writeOnnx({ ridge, ensemble, horizon }));
  const manifest = {
    ...model.manifest,
    artifactBytes: artifact.length,
    artifactSha256: createHash('sha256').update(artifact).digest('hex'),
  };
  return { ...model, manifest, artifact: artifact.toString('base64'), signature: signer.sign(manifest) };
}

/** One version for each zone, as the product has them: the trees are those of one zone, their cost is not another's. */
export function modelForEachZone(model, zones) {
  return zones.map((zone) => {
    const version = `bench-${zone}`;
    const manifest = { ...model.manifest, version, zones: [zone] };
    return { ...model, version, status: 'promoted', manifest, signature: signer.sign(manifest) };
  });
}
