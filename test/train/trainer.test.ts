import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TopicRecords } from '../../src/contracts/records.js';
import { DAY_MS } from '../../src/contracts/time.js';
import { MODEL_OUTPUTS } from '../../src/model/model-outputs.js';
import { loadModel } from '../../src/model/loaded-model.js';
import { signerFromPem, trustedKeysFromPem, verifyTwin } from '../../src/model/signature.js';
import { openLocalCodec } from '../../src/log/local-codec.js';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { trainZones, type TrainZonesOptions } from '../../src/train/trainer.js';
import { MemoryLog } from '../collect/memory-log.js';
import { longIt } from '../long-tests.js';
import { FROM_MS, PROFILE, QUICK, simulatedRecords, ZONE } from './simulated.js';

const NOW_MS = FROM_MS + 15 * DAY_MS;
const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const signer = signerFromPem(key);

describe('trainZones', () => {
  let dir: string;
  let codec: SchemaCodec;
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'nowcast-trainer-'));
    codec = await openLocalCodec({ dir });
    await codec.register([
      'demand.observed',
      'demand.forecast',
      'weather.observed',
      'weather.forecast',
      'models',
      'training.runs',
      'alerts',
    ]);
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  async function logOf(days: number): Promise<MemoryLog> {
    const log = new MemoryLog();
    for (const { topic, availableAtMs, value } of simulatedRecords(days)) {
      const bytes = codec.encode(topic, value);
      await log.append(topic, [{ key: value.zone, value: bytes, timestampMs: availableAtMs }]);
    }
    return log;
  }

  function optionsOf(log: MemoryLog, more: Partial<TrainZonesOptions> = {}): TrainZonesOptions {
    return {
      log,
      codec,
      signer,
      profiles: { profile: (zone) => ({ ...PROFILE, zone }) },
      kind: 'initial',
      nowMs: NOW_MS,
      ...QUICK,
      ...more,
    };
  }

  function decoded<T extends 'models' | 'training.runs'>(log: MemoryLog, topic: T): TopicRecords[T][] {
    return log.records(topic).map(({ value }) => {
      const record = codec.decode(topic, value);
      if (!record.ok) throw new Error(record.message);
      return record.value;
    });
  }

  it('publishes a signed model that loads, and the run with its stages', async () => {
    const log = await logOf(14);
    const stages: string[] = [];
    const [outcome, ...others] = await trainZones(
      optionsOf(log, { onProgress: (zone, stage) => stages.push(`${zone}/${stage}`) }),
    );
    expect(others).toEqual([]);
    expect(outcome).toMatchObject({ zone: ZONE, status: 'succeeded', error: null });
    expect(outcome?.onnxDifference).toBeLessThan(1e-5);

    const [model] = decoded<'models'>(log, 'models');
    if (model === undefined) throw new Error('no model was published');
    expect(log.records('models')[0]?.key).toBe(model.version);
    expect(model.status).toBe('promoted');
    const loaded = await loadModel(model, trustedKeysFromPem([signer.publicKeyPem]));
    expect((await loaded.run(new Float32Array(2 * model.manifest.featureCount), 2)).length).toBe(
      2 * MODEL_OUTPUTS,
    );
    await loaded.release();
    const twin = verifyTwin(model, trustedKeysFromPem([signer.publicKeyPem]));
    expect(twin.length).toBe(model.manifest.twin?.bytes);
    expect(twin.equals(Buffer.from(model.artifact, 'base64'))).toBe(false);

    const runs = decoded<'training.runs'>(log, 'training.runs');
    // A run that takes long is renewed: it says `running` again.
    const states = runs.map(({ status }) => status);
    expect(states.filter((state, i) => state !== states[i - 1])).toEqual(['queued', 'running', 'succeeded']);
    const last = runs.at(-1);
    expect(last).toMatchObject({ id: outcome?.runId, modelVersion: model.version, error: null });
    expect(last?.stages.map(({ name }) => name)).toEqual([
      'queue',
      'read',
      'dataset',
      'fit',
      'held-out',
      'refit',
      'export',
      'verify',
      'gate',
      'publish',
    ]);
    expect(last?.peakRssBytes).toBeGreaterThan(1e6);
    expect(stages).toContain(`${ZONE}/fit`);
  });

  it('uses nothing that became available after untilMs', async () => {
    const untilMs = FROM_MS + 12 * DAY_MS;
    const whole = await trainZones(optionsOf(await logOf(14), { untilMs }));
    const cut = await trainZones(optionsOf(await logOf(12), {}));
    expect(whole[0]?.model?.version).toBe(cut[0]?.model?.version);
    expect(Date.parse(whole[0]?.model?.manifest.trainedUntil ?? '')).toBeLessThanOrEqual(untilMs);
  });

  it('records a zone with too little data as failed and trains the others', async () => {
    const log = await logOf(14);
    const outcomes = await trainZones(optionsOf(log, { zones: ['NOWHERE', ZONE] }));
    expect(outcomes.map(({ zone, status }) => [zone, status])).toEqual([
      ['NOWHERE', 'failed'],
      [ZONE, 'succeeded'],
    ]);
    const failed = decoded<'training.runs'>(log, 'training.runs').find(({ status }) => status === 'failed');
    expect(failed?.error).toMatch(/^TRAINING_DATA_SHORT: zone NOWHERE has no demand in the log/);
  });

  it('survives a worker that crashes: a failed run that says so', async () => {
    const crashing = path.join(dir, 'crash.mjs');
    writeFileSync(
      crashing,
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(7));`,
    );
    const log = await logOf(2);
    const [outcome] = await trainZones(optionsOf(log, { worker: pathToFileURL(crashing) }));
    expect(outcome).toMatchObject({ status: 'failed', model: null });
    expect(outcome?.error?.message).toMatch(/crashed: its thread ended with exit code 7/);
    expect(decoded<'training.runs'>(log, 'training.runs').map(({ status }) => status)).toEqual([
      'queued',
      'running',
      'failed',
    ]);
    expect(log.records('models')).toEqual([]);
  });

  it('ends at once when it is cancelled, with a failed run that says so', async () => {
    const log = await logOf(14);
    const cancel = new AbortController();
    const [outcome] = await trainZones(
      optionsOf(log, {
        signal: cancel.signal,
        onProgress: (_, stage) => stage === 'dataset' && cancel.abort(),
      }),
    );
    expect(outcome?.error?.message).toMatch(/was told to stop$/);
    expect(decoded<'training.runs'>(log, 'training.runs').at(-1)?.status).toBe('failed');
    expect(log.records('models')).toEqual([]);
  });

  longIt(
    'judges a challenger against the champion that serves, and without one that cannot be loaded',
    async () => {
      const log = await logOf(14);
      const gateOf = async (changes: Partial<TrainZonesOptions>) => {
        const [outcome] = await trainZones(optionsOf(log, { kind: 'demand', ...changes }));
        const { champion, reasons } = outcome?.model?.manifest.gate ?? {};
        return { champion, reasons: reasons?.join('; '), version: outcome?.model?.version };
      };
      const first = await gateOf({});
      expect(first.champion).toBeNull();
      expect(first.reasons).toContain('no champion to compare with; first model of the zone');

      // Of another recipe: a version of its own.
      const second = await gateOf({ gbdt: { trees: 16, leaves: 15 } });
      expect(second.champion).toBe(first.version);
      expect(second.reasons).toContain(`the champion ${first.version ?? '?'}`);

      const serving = decoded<'models'>(log, 'models')
        .filter(({ status }) => status === 'promoted')
        .at(-1);
      if (serving?.twin === undefined) throw new Error('nothing serves');
      const spoilt = { ...serving, twin: { artifact: Buffer.from('spoilt').toString('base64') } };
      const value = codec.encode('models', spoilt);
      await log.append('models', [{ key: spoilt.version, value, timestampMs: NOW_MS }]);
      const third = await gateOf({ gbdt: { trees: 20, leaves: 15 } });
      expect(third.champion).toBeNull();
      expect(third.reasons).toContain(
        `the champion ${serving.version} could not be compared with: model ${serving.version} refused: the twin has 6 bytes`,
      );
    },
    240_000,
  );
});
