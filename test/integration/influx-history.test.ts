import { describe, expect, it, onTestFinished } from 'vitest';
import { describeHistoryContract } from '../contract/history-contract.js';
import type { OpenedHistory } from '../contract/history-contract.js';
import { ALL, T0, accuracyOf, demandOf, nowcastOf, weatherOf } from '../contract/history-contract/samples.js';
import { openInfluxHistory } from '../../src/history/influx-history.js';
import type { InfluxHistory } from '../../src/history/influx-history.js';
import { servicesOrSkip, uniqueName } from './support/services.js';

const services = await servicesOrSkip(['influx']);
const url = services.influxUrl;

interface Answer {
  results: { error?: string; series?: { name: string; columns: string[]; values: unknown[][] }[] }[];
}

/** Asks the server as any other InfluxDB client would. */
async function influxQl(q: string, database = ''): Promise<Answer['results'][number]> {
  const response = await fetch(`${url}/query`, {
    method: 'POST',
    body: new URLSearchParams({ q, db: database, epoch: 'ms' }),
  });
  const answer = (await response.json()) as Answer;
  return answer.results[0] ?? {};
}

async function openFresh(): Promise<{
  store: InfluxHistory;
  database: string;
  cleanup: () => Promise<void>;
}> {
  const database = uniqueName('history test "\'');
  const store = openInfluxHistory({ url, database });
  await store.open();
  const cleanup = async (): Promise<void> => {
    await store.close();
    await influxQl(`DROP DATABASE "${database.replaceAll('"', '\\"')}"`);
  };
  return { store, database, cleanup };
}

/** A database of the test's own, gone when the test ends. */
async function fresh(): Promise<{ store: InfluxHistory; database: string }> {
  const { store, database, cleanup } = await openFresh();
  onTestFinished(cleanup);
  return { store, database };
}

describe.skipIf(services.skipReason !== null)('InfluxDB 1.x', () => {
  describeHistoryContract('influx', async (): Promise<OpenedHistory> => openFresh());

  it('names measurements, tags and fields as dashboards expect them', async () => {
    const { store, database } = await fresh();
    await store.write({
      demand: [demandOf('CA ISO-TAC', T0, 21_000)],
      weather: [weatherOf('CA ISO-TAC', T0, { temperatureC: 20, shortwaveWm2: 0 })],
      nowcasts: [nowcastOf('CA ISO-TAC', T0)],
      accuracy: [accuracyOf('CA ISO-TAC', T0, 5)],
      pipeline: [{ timeMs: T0, name: 'events', value: 3 }],
    });
    const demand = await influxQl(`SELECT zone, source, mw FROM demand WHERE zone='CA ISO-TAC'`, database);
    expect(demand.series?.[0]?.values).toEqual([[T0, 'CA ISO-TAC', 'test', 21_000]]);
    const weather = await influxQl(`SELECT source, temperatureC, shortwaveWm2 FROM weather`, database);
    expect(weather.series?.[0]?.values).toEqual([[T0, 'test', 20, 0]]);
    const { steps } = nowcastOf('CA ISO-TAC', T0);
    const nowcast = await influxQl(`SELECT mw, p10, p90, model FROM nowcast WHERE horizon='60'`, database);
    expect(nowcast.series?.[0]?.values).toEqual([
      [T0 + 3_600_000, steps[2]?.mw, steps[2]?.p10, steps[2]?.p90, 'gbdt-1'],
    ]);
    const accuracy = await influxQl(
      `SELECT horizon, "window", mape, bias, coverage80, skill FROM accuracy`,
      database,
    );
    expect(accuracy.series?.[0]?.values).toEqual([[T0, '5', '24h', 1.284, -3.5, 81.25, 0.4]]);
    expect((await influxQl(`SELECT value FROM pipeline`, database)).series?.[0]?.values).toEqual([[T0, 3]]);
    const tags = await influxQl('SHOW TAG KEYS FROM nowcast', database);
    expect(tags.series?.[0]?.values.flat()).toEqual(['horizon', 'zone']);
  });

  it('adds no series when the same is replayed', async () => {
    const { store, database } = await fresh();
    const batch = {
      nowcasts: [nowcastOf('Z', T0)],
      demand: [demandOf('Z', T0, 1)],
      accuracy: [accuracyOf('Z', T0, 5)],
    };
    await store.write(batch);
    const before = await influxQl('SHOW SERIES', database);
    await store.write({
      ...batch,
      nowcasts: [nowcastOf('Z', T0, { revision: 3, issuedAt: '2030-01-01T00:00:00Z' })],
    });
    expect(await influxQl('SHOW SERIES', database)).toEqual(before);
    expect((await influxQl('SELECT COUNT(mw) FROM nowcast', database)).series?.[0]?.values[0]?.[1]).toBe(3);
  });

  it('writes a flush of many requests whole', async () => {
    const { store } = await fresh();
    const horizons = Array.from({ length: 58 }, (_, i) => (i + 1) * 5);
    const nowcasts = Array.from({ length: 500 }, (_, i) => nowcastOf('Z', T0 + i * 300_000, {}, horizons));
    await store.write({ nowcasts });
    expect(await store.nowcasts('Z', 290, ALL)).toHaveLength(500);
    expect(await store.nowcasts('Z', 5, ALL)).toHaveLength(500);
    expect(await store.nowcastAt('Z', T0 + 250 * 300_000)).toEqual(nowcasts[250]);
  });

  it('reports a field type conflict with the reason of the server', async () => {
    const { store, database } = await fresh();
    const line = `demand,zone=Z,source=test mw="a string" ${T0}`;
    await fetch(`${url}/write?db=${encodeURIComponent(database)}&precision=ms`, {
      method: 'POST',
      body: line,
    });
    await expect(store.write({ demand: [demandOf('Z', T0, 1)] })).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      retriable: false,
      message: expect.stringMatching(/field type conflict.*mw.*database of its own/),
    });
  });

  it('creates its database again when somebody dropped it', async () => {
    const { store, database } = await fresh();
    await influxQl(`DROP DATABASE "${database.replaceAll('"', '\\"')}"`);
    await store.write({ demand: [demandOf('Z', T0, 1)] });
    expect(await store.demand('Z', ALL)).toHaveLength(1);
  });

  it('sets the retention policy and counts the points it leaves out', async () => {
    const { store, database } = await fresh();
    const now = Date.now();
    await store.retain(now - 90 * 86_400_000);
    await store.retain(now - 30 * 86_400_000);
    const policies = await influxQl(`SHOW RETENTION POLICIES ON "${database.replaceAll('"', '\\"')}"`);
    expect(policies.series?.[0]?.values).toEqual([
      ['autogen', expect.stringMatching(/^72[01]h0m0s$/), '24h0m0s', 1, true],
    ]);
    await store.write({
      demand: [demandOf('Z', now - 60 * 86_400_000, 1), demandOf('Z', now - 86_400_000, 2)],
    });
    expect((await store.demand('Z', ALL)).map((row) => row.demandMw)).toEqual([2]);
    expect(store.droppedPoints).toBe(1);
  });

  it('says where it looked when nothing answers, and that trying again may help', async () => {
    const store = openInfluxHistory({ url: 'http://user:secret@127.0.0.1:9', database: 'nowcast' });
    for (const attempt of [
      store.open(),
      store.write({ demand: [demandOf('Z', T0, 1)] }),
      store.demand('Z', ALL),
    ]) {
      const error: unknown = await attempt.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'HISTORY_UNAVAILABLE', retriable: true });
      expect(String(error)).toMatch(/http:\/\/127\.0\.0\.1:9 .*INFLUX_URL/);
      expect(String(error)).not.toContain('secret');
    }
    await store.close();
  });
});
