import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS, toIso } from '../../../src/contracts/time.js';
import { openEmbeddedLog } from '../../../src/log/embedded-log.js';
import type { EventLog } from '../../../src/log/event-log.js';
import { openLocalCodec } from '../../../src/log/local-codec.js';
import type { SchemaCodec } from '../../../src/log/schema-codec.js';
import { loadTopicSpecs } from '../../../src/log/topic-specs.js';
import { signerFromPem } from '../../../src/model/signature.js';
import { type FitResult, fitZone } from '../../../src/train/fit-zone.js';
import type { PoolingOptions } from '../../../src/train/pooling/pool.js';
import type { Donor } from '../../../src/train/pooling/donor.js';
import { trainZones, type TrainZonesOptions, type ZoneTrainingOutcome } from '../../../src/train/trainer.js';
import { QUICK } from '../simulated.js';
import { eventsOf, profileOf, type Series, START_MS } from './hourly-zones.js';

const NOW_HOUR = 24 * 40;
const SHORT = { fromHour: 24 * 26, untilHour: NOW_HOUR };
const LONG = { fromHour: 0, untilHour: NOW_HOUR };
const FIT = {
  ...QUICK,
  workFraction: 0.03,
  rowBudget: 1200,
  heldOutRowBudget: 600,
  gbdt: { trees: 4, leaves: 7 },
};

describe('fitZone with donors', () => {
  const own = eventsOf('own', SHORT);
  const donor: Donor = { profile: profileOf('donor'), events: () => eventsOf('donor', LONG) };
  const fit = (pooling?: PoolingOptions): Promise<FitResult> =>
    fitZone(own, profileOf('own'), { ...FIT, ...(pooling === undefined ? {} : { pooling }) });
  let alone: FitResult;
  beforeAll(async () => {
    alone = await fit();
  });

  it('is another model that is judged on the same own rows', async () => {
    const pooled = await fit({ maxHistoryDays: 30, donors: [donor] });
    expect(pooled.block).toEqual(alone.block);
    expect(pooled.manifest.rows).toBe(alone.manifest.rows);
    expect(pooled.manifest.artifactSha256).not.toBe(alone.manifest.artifactSha256);
    expect(pooled.manifest.dataFingerprint).not.toBe(alone.manifest.dataFingerprint);
    expect(pooled.manifest.twin.sha256).not.toBe(alone.manifest.twin.sha256);
    expect(alone.manifest.pooling).toBeUndefined();
    expect(pooled.manifest.pooling).toMatchObject({ donors: [{ zone: 'donor' }], ignored: [] });
  });

  it.each([
    ['nobody lends', { maxHistoryDays: 30, donors: [] }],
    ['the history is long enough', { maxHistoryDays: 13, donors: [donor] }],
  ])('is bit for bit the model that it is without, where %s', async (_, pooling) => {
    const same = await fit(pooling);
    expect(same.manifest).toEqual(alone.manifest);
    expect(Buffer.from(same.artifact).equals(Buffer.from(alone.artifact))).toBe(true);
  });
});

describe('a history that is too short alone', () => {
  const donor: Donor = { profile: profileOf('donor'), events: () => eventsOf('donor', LONG) };
  // Warm-up of 25 h, a day to train on, 6 h of the longest horizon, twice 30 h to choose and to judge.
  const least = { fromHour: NOW_HOUR - (25 + 24 + 6 + 60), untilHour: NOW_HOUR };
  const fit = (series: Series, donors: Donor[]): Promise<FitResult> =>
    fitZone(eventsOf('own', series), profileOf('own'), { ...FIT, pooling: { maxHistoryDays: 30, donors } });

  it('is enough where others lend, and no hour less', async () => {
    const { manifest } = await fit(least, [donor]);
    expect(manifest.pooling?.donors[0]?.rows).toBeGreaterThan(300);
    const shorter = { ...least, fromHour: least.fromHour + 1 };
    await expect(fit(shorter, [donor])).rejects.toMatchObject({ code: 'TRAINING_DATA_SHORT' });
  });

  it('is refused as ever where nobody lends, or can', async () => {
    const short = { code: 'TRAINING_DATA_SHORT', context: { neededDays: 6.8 } };
    await expect(fit(least, [])).rejects.toMatchObject(short);
    const gone = eventsOf('gone', { ...LONG, untilHour: 24 * 20 });
    const other: Donor = { profile: profileOf('gone'), events: () => gone };
    await expect(fit(least, [other])).rejects.toMatchObject(short);
  });
});

describe('trainZones with zones of unlike history', () => {
  let dir: string;
  let log: EventLog;
  let codec: SchemaCodec;

  beforeEach(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'nowcast-pooling-'));
    log = await openEmbeddedLog({ dir: path.join(dir, 'log') });
    await log.ensureTopics(loadTopicSpecs());
    codec = await openLocalCodec({ dir });
    await codec.register(['demand.observed', 'models', 'training.runs', 'alerts']);
  });
  afterEach(async () => {
    await log.close();
    rmSync(dir, { recursive: true });
  });

  async function append(zone: string, series: Series): Promise<void> {
    const stepMinutes = (series.stepMs ?? HOUR_MS) / MINUTE_MS;
    const records = eventsOf(zone, series).flatMap((event) => {
      if (event.type !== 'demand') return [];
      const { validTimeMs, availableAtMs, demandMw } = event;
      const value = {
        ...{ zone, kind: 'actual' as const, stepMinutes, demandMw, source: 'test', revision: 0 },
        ...{ validTime: toIso(validTimeMs), availableAt: toIso(availableAtMs) },
      };
      return [{ key: zone, value: codec.encode('demand.observed', value), timestampMs: availableAtMs }];
    });
    await log.append('demand.observed', records);
  }

  async function train(more: Partial<TrainZonesOptions>): Promise<ZoneTrainingOutcome[]> {
    return trainZones({
      ...{ log, codec, kind: 'initial', ...FIT, ...more },
      signer: signerFromPem(
        generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      ),
      profiles: {
        profile: (zone, stepMinutes = 60) =>
          profileOf(zone, {
            stepMs: stepMinutes * MINUTE_MS,
            ...(zone === 'remote' ? { timeZone: 'Asia/Tokyo' } : {}),
          }),
      },
      nowMs: START_MS + NOW_HOUR * HOUR_MS,
    });
  }

  it('pools the short one with the long one of its step that is nearest, and leaves the long ones alone', async () => {
    await append('own', SHORT);
    await append('remote', LONG);
    await append('donor', { ...LONG, fromHour: 24 * 10 });
    await append('half', { ...LONG, fromHour: 24 * 14, untilHour: 2 * NOW_HOUR, stepMs: HOUR_MS / 2 });
    const pooling = { maxHistoryDays: 20, donors: 1 };

    const outcomes = await train({ zones: ['donor', 'own'], pooling });
    expect(outcomes.map(({ zone, error }) => [zone, error])).toEqual([
      ['donor', null],
      ['own', null],
    ]);
    const [long, short] = outcomes.map(({ model }) => model?.manifest);
    expect(long?.pooling).toBeUndefined();
    expect(short?.pooling?.donors.map(({ zone }) => zone)).toEqual(['donor']);
    expect(short?.pooling?.donors[0]?.rows).toBeGreaterThan(500);
    expect(short?.pooling?.ignored).toEqual([{ zone: 'half', why: 'its step is 30 min, not 60 min' }]);
  });
});
