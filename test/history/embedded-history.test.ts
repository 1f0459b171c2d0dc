import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/contracts/time.js';
import { openEmbeddedHistory } from '../../src/history/embedded-history.js';
import type { HistoryStore } from '../../src/history/history-store.js';
import { describeHistoryContract } from '../contract/history-contract.js';
import {
  ALL,
  STEP_MS,
  T0,
  accuracyOf,
  demandForecastOf,
  demandOf,
  nowcastOf,
  supplyOf,
  weatherOf,
} from '../contract/history-contract/samples.js';

const made: string[] = [];
const stores: HistoryStore[] = [];

async function newDir(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'nowcast-history-'));
  made.push(dir);
  return dir;
}

async function opened(dir: string): Promise<HistoryStore> {
  const store = openEmbeddedHistory({ dir });
  await store.open();
  stores.push(store);
  return store;
}

async function cleanUp(): Promise<void> {
  for (const store of stores.splice(0)) await store.close();
  for (const dir of made.splice(0)) await rm(dir, { recursive: true, force: true });
}

describeHistoryContract('embedded', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'nowcast-history-'));
  const store = openEmbeddedHistory({ dir });
  await store.open();
  const cleanup = async (): Promise<void> => {
    await store.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { store, cleanup };
});

describe('embedded history', () => {
  afterEach(cleanUp);

  it('finds everything again after it was closed', async () => {
    const dir = path.join(await newDir(), 'made', 'when missing');
    const first = await opened(dir);
    await first.write({
      demand: [demandOf('Z', T0, 1)],
      nowcasts: [nowcastOf('Z', T0)],
      accuracy: [accuracyOf('Z', T0, 5)],
    });
    await first.close();
    const second = await opened(dir);
    expect((await second.demand('Z', ALL)).map((row) => row.demandMw)).toEqual([1]);
    expect(await second.nowcastAt('Z', T0)).toEqual(nowcastOf('Z', T0));
    expect(await second.accuracy('Z', '24h', ALL)).toHaveLength(1);
    await second.write({ demand: [demandOf('Y', T0, 2)] });
    expect((await second.demand('Z', ALL)).map((row) => row.demandMw)).toEqual([1]);
  });

  it('shows another handle on the same directory what was written since', async () => {
    const dir = await newDir();
    const [writer, reader] = [await opened(dir), await opened(dir)];
    expect(await reader.demand('new', ALL)).toEqual([]);
    await writer.write({ demand: [demandOf('new', T0, 1, { source: 'also new' })] });
    expect(await reader.demand('new', ALL)).toEqual([{ timeMs: T0, demandMw: 1, source: 'also new' }]);
  });

  it('retains what is not older, a path as long as one of its targets is not', async () => {
    const store = await opened(await newDir());
    const times = Array.from({ length: 40 }, (_, i) => T0 + i * STEP_MS);
    for (const zone of ['A', 'B']) {
      await store.write({
        demand: times.map((timeMs) => demandOf(zone, timeMs, 1)),
        weather: times.map((timeMs) => weatherOf(zone, timeMs, { temperatureC: 1 })),
        demandForecasts: times.map((timeMs) => demandForecastOf(zone, timeMs, 1)),
        supply: times.map((timeMs) => supplyOf(zone, timeMs, { solar: 1 })),
        nowcasts: times.map((timeMs) => nowcastOf(zone, timeMs)),
        accuracy: times.map((timeMs) => accuracyOf(zone, timeMs, 5)),
      });
    }
    const cut = T0 + 20 * STEP_MS;
    await store.retain(cut);
    for (const zone of ['A', 'B']) {
      expect((await store.demand(zone, ALL))[0]?.timeMs).toBe(cut);
      expect(await store.demand(zone, ALL)).toHaveLength(20);
      expect(await store.weather(zone, ALL)).toHaveLength(20);
      expect(await store.demandForecasts(zone, ALL)).toHaveLength(20);
      expect(await store.supply(zone, 'observed', ALL)).toHaveLength(20);
      expect(await store.accuracy(zone, '24h', ALL)).toHaveLength(20);
      expect((await store.nowcasts(zone, 60, ALL))[0]?.timeMs).toBe(cut);
    }
  });

  it('retains across more entries than one transaction deletes', async () => {
    const store = await opened(await newDir());
    await store.write({
      demand: Array.from({ length: 12_000 }, (_, i) => demandOf('Z', T0 + i * 60_000, i)),
    });
    await store.retain(T0 + 11_999 * 60_000);
    expect((await store.demand('Z', ALL)).map((row) => row.demandMw)).toEqual([11_999]);
    await store.retain(T0 + 100 * DAY_MS);
    expect(await store.demand('Z', ALL)).toEqual([]);
  });

  it('writes a flush whole or not at all', async () => {
    const store = await opened(await newDir());
    const bad = { ...nowcastOf('Z', T0 + HOUR_MS), issuedAt: 'yesterday' };
    const write = store.write({ demand: [demandOf('Z', T0, 1)], nowcasts: [nowcastOf('Z', T0), bad] });
    await expect(write).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(await store.demand('Z', ALL)).toEqual([]);
    expect(await store.nowcastAt('Z', ALL.toMs)).toBeNull();
  });

  it('says what is wrong with its directory', async () => {
    const file = path.join(await newDir(), 'file');
    await writeFile(file, 'not a directory');
    const store = openEmbeddedHistory({ dir: path.join(file, 'history') });
    await expect(store.open()).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringContaining(file),
    });
    expect(await readFile(file, 'utf8')).toBe('not a directory');
  });

  it('refuses to be used before it is open and after it is closed', async () => {
    const store = openEmbeddedHistory({ dir: await newDir() });
    await expect(store.demand('Z', ALL)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await store.open();
    await store.close();
    await store.close();
    await expect(store.write({ demand: [] })).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });
});
