import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TopicName, TopicRecords } from '../../src/contracts/records.js';
import { openEmbeddedHistory } from '../../src/history/embedded-history.js';
import { HistorySink } from '../../src/history/history-sink.js';
import type { HistoryStore } from '../../src/history/history-store.js';
import { openEmbeddedLog } from '../../src/log/embedded-log.js';
import type { EventLog } from '../../src/log/event-log.js';
import { openLocalCodec } from '../../src/log/local-codec.js';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { loadTopicSpecs } from '../../src/log/topic-specs.js';
import {
  ALL,
  T0,
  demandForecastOf,
  supplyForecastOf,
  supplyOf,
} from '../contract/history-contract/samples.js';

const TOPICS = ['demand.forecast', 'supply.observed', 'supply.forecast'] as const satisfies TopicName[];

describe('the history sink', () => {
  let dir: string;
  let log: EventLog;
  let codec: SchemaCodec;
  let history: HistoryStore;
  const skipped: string[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'nowcast-sink-'));
    log = await openEmbeddedLog({ dir: path.join(dir, 'log') });
    await log.ensureTopics(loadTopicSpecs());
    codec = await openLocalCodec({ dir: path.join(dir, 'log') });
    await codec.register([...TOPICS]);
    history = openEmbeddedHistory({ dir: path.join(dir, 'history') });
  });
  afterAll(async () => {
    await history.close();
    await log.close();
    await rm(dir, { recursive: true, force: true });
  });

  function append<T extends TopicName>(
    topic: T,
    records: (TopicRecords[T] & { zone: string })[],
  ): Promise<unknown> {
    const entries = records.map((record) => ({
      key: record.zone,
      value: codec.encode(topic, record),
      timestampMs: T0,
    }));
    return log.append(topic, entries);
  }

  /** Runs a sink until it has written all that is in the log. */
  async function drained(): Promise<void> {
    const fail = (error: unknown): never => {
      throw error;
    };
    const sink = new HistorySink({
      log,
      codec,
      history,
      onState: () => undefined,
      onSkipped: (topic) => void skipped.push(topic),
      onError: fail,
    });
    await sink.start();
    const marks = (await Promise.all(TOPICS.map((topic) => log.watermarks(topic)))).flat();
    const ends = marks.map(({ topic, partition, high }) => ({ topic, partition, offset: high }));
    await vi.waitUntil(() => sink.hasReached(ends), { timeout: 10_000, interval: 5 });
    await sink.close();
  }

  it('writes what operators forecast and their supply side, and goes on without a record that cannot be read', async () => {
    await append('demand.forecast', [
      demandForecastOf('Z', T0, 1),
      demandForecastOf('Z', T0, 2, { revision: 1 }),
    ]);
    await log.append('demand.forecast', [{ key: 'Z', value: Buffer.from('nonsense'), timestampMs: T0 }]);
    await append('supply.observed', [supplyOf('Z', T0, { solar: 5 })]);
    await append('supply.forecast', [supplyForecastOf('Z', T0, { wind: 7 })]);
    await drained();
    expect((await history.demandForecasts('Z', ALL)).map(({ demandMw }) => demandMw)).toEqual([2]);
    expect((await history.supply('Z', 'observed', ALL)).map(({ valuesMw }) => valuesMw)).toEqual([
      { solar: 5 },
    ]);
    expect((await history.supply('Z', 'forecast', ALL)).map(({ valuesMw }) => valuesMw)).toEqual([
      { wind: 7 },
    ]);
    expect(skipped).toEqual(['demand.forecast']);
  });

  it('goes on where it was, as after a restart', async () => {
    await append('supply.observed', [supplyOf('Z', T0, { solar: 6 }, { revision: 1 })]);
    await drained();
    expect((await history.supply('Z', 'observed', ALL)).map(({ valuesMw }) => valuesMw)).toEqual([
      { solar: 6 },
    ]);
    expect(skipped).toEqual(['demand.forecast']);
  });
});
