import http from 'node:http';
import { parse } from 'csv-parse/sync';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it, vi } from 'vitest';
import { MINUTE_MS, toIso } from '../../src/contracts/time.js';
import type { DemandPoint, TimeRange } from '../../src/history/history-store.js';
import { START_MS } from '../feed/records.js';
import { ZONE, get, problem, serveSomeData, serving, zonePath } from './api-fixture.js';

serveSomeData();

const FROM = `from=${toIso(START_MS)}`;
const EXPORT = `/v1/export?${FROM}`;

async function csv(query: string): Promise<Record<string, string>[]> {
  const answer = await get(`${EXPORT}&${query}`);
  expect(answer.status, answer.text).toBe(200);
  return parse<Record<string, string>>(answer.text, { columns: true });
}

describe('exports of the history', () => {
  it('demand as CSV, for one zone and a range', async () => {
    const to = toIso(START_MS + 10 * MINUTE_MS);
    const answer = await get(`${EXPORT}&to=${to}&kind=demand&zone=${zonePath}&format=csv`);
    expect(answer.type).toContain('text/csv');
    expect(answer.headers.get('content-disposition')).toBe(
      'attachment; filename="demand-CA_ISO-TAC-2024-07-01.csv"',
    );
    expect(answer.text).toBe(
      'zone,time,mw,source\n' +
        `${ZONE},${toIso(START_MS)},1000,test\n` +
        `${ZONE},${toIso(START_MS + 5 * MINUTE_MS)},1001,test\n`,
    );
  });

  it('nowcasts by horizon as NDJSON', async () => {
    const answer = await get(`${EXPORT}&kind=nowcasts&format=ndjson`);
    expect(answer.type).toContain('application/x-ndjson');
    const rows = answer.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows).toHaveLength(6 * 3);
    expect(rows[0]).toEqual({
      zone: ZONE,
      target: toIso(START_MS + 5 * MINUTE_MS),
      horizon_minutes: 5,
      mw: 1005,
      p10: 900,
      p90: 1100,
      model_version: 'm1',
    });
    expect(await csv('kind=nowcasts&horizonMinutes=60')).toHaveLength(6);
  });

  it('nowcasts against actuals, weather and accuracy', async () => {
    const compared = await csv('kind=history&horizonMinutes=15');
    expect(compared).toHaveLength(24);
    expect(compared[3]).toMatchObject({ actual_mw: '1003', mw: '1015', horizon_minutes: '15' });
    expect(compared[0]).toMatchObject({ actual_mw: '1000', mw: '' });
    expect(await csv('kind=weather')).toMatchObject([{ temperature_c: '21.5', humidity_pct: '' }]);
    expect(await csv('kind=accuracy')).toEqual([]);
  });

  it('Parquet opens with the right types and as many rows as CSV', async () => {
    const response = await fetch(`${serving.url}${EXPORT}&kind=history&format=parquet`);
    expect(response.headers.get('content-type')).toBe('application/vnd.apache.parquet');
    const rows = await parquetReadObjects({ file: await response.arrayBuffer() });
    expect(rows).toHaveLength((await csv('kind=history')).length);
    expect(rows.find((row) => row['horizon_minutes'] === 15 && row['mw'] !== null)).toMatchObject({
      zone: ZONE,
      time: new Date(START_MS + 15 * MINUTE_MS),
      actual_mw: 1003,
      mw: 1015,
      model_version: 'm1',
    });
  });
});

describe('exports of the log', () => {
  it('every record of demand, with its provenance', async () => {
    const rows = await csv('kind=demand&source=log');
    expect(rows).toHaveLength(24);
    expect(rows[0]).toEqual({
      zone: ZONE,
      time: toIso(START_MS),
      mw: '1000',
      step_minutes: '5',
      available_at: toIso(START_MS + 6 * MINUTE_MS),
      source: 'test',
      revision: '0',
    });
  });

  it.each([
    ['nowcasts', 18, { quality: 'ok', reasons: '""' }],
    ['accuracy', 1, { mape_percent: '1.2', window: '24h', skill: '' }],
    ['alerts', 3, { kind: 'demand_late', state: 'raised' }],
    ['quality-events', 1, { rule: 'spike', action: 'quarantined', value: '5' }],
    ['training-runs', 2, { id: 'run-1', rows: '10' }],
    ['demand-forecasts', 1, { zone: 'CA ISO-TAC' }],
    ['supply', 2, { name: 'solar', mw: '0', product: 'fuel-mix', area: '' }],
    ['supply-forecasts', 1, { name: 'wind', mw: '4', issued_at: '', source: 'test' }],
    ['weather-forecasts', 0, {}],
  ])('%s', async (kind, count, first) => {
    const rows = await csv(`kind=${kind}&source=log`);
    expect(rows).toHaveLength(count);
    const { reasons: _reasons, ...expected } = first as Record<string, string>;
    if (count > 0) expect(rows[0]).toMatchObject(expected);
    const end = toIso(START_MS - 1);
    const early = await get(`/v1/export?from=2000-01-01T00:00:00Z&to=${end}&kind=${kind}&source=log`);
    expect(early.text.trim().split('\n')).toHaveLength(1);
    expect(await csv(`kind=${kind}&source=log&zone=quiet`)).toEqual([]);
  });
});

describe('exports that cannot be', () => {
  it.each([
    [`/v1/export?${FROM}`, 400, /kind/],
    ['/v1/export?kind=demand', 400, /from/],
    [`${EXPORT}&kind=models`, 400, /kind must be one of demand,/],
    [`${EXPORT}&kind=demand&format=xlsx`, 400, /format must be one of csv,ndjson,parquet/],
    [`${EXPORT}&kind=alerts&source=history`, 400, /alerts cannot be exported with source=history.* log/],
    [`${EXPORT}&kind=history&source=log`, 400, /it is kept in: history/],
    [`${EXPORT}&kind=demand&to=2020-01-01T00:00:00Z`, 400, /from must be before to/],
    ['/v1/export?kind=demand&from=0001-01-01T00:00:00Z', 400, /at most 40 years/],
    [`${EXPORT}&kind=demand&zone=Atlantis`, 404, /unknown zone "Atlantis"/],
  ])('%s', async (where, status, detail) => {
    expect(await problem(where, status)).toMatch(detail);
  });

  it('a history that fails at the first read is a problem, later a broken connection', async () => {
    const demand = vi.spyOn(serving.history, 'demand');
    try {
      demand.mockRejectedValueOnce(new TypeError('inside'));
      await problem(`${EXPORT}&kind=demand`, 500);
      demand.mockImplementation((_zone, range) => {
        if (range.fromMs > START_MS) return Promise.reject(new TypeError('later'));
        return Promise.resolve(pointsOf(range));
      });
      await expect(get(`${EXPORT}&kind=demand&format=ndjson`)).rejects.toThrow();
    } finally {
      demand.mockRestore();
    }
  });
});

describe('a client that leaves mid-way', () => {
  it('stops the reading, and leaves room for others', async () => {
    const demand = vi.spyOn(serving.history, 'demand');
    demand.mockImplementation((_zone, range) => Promise.resolve(pointsOf(range)));
    try {
      // More than there is room for at a time: each must have been let go.
      for (let i = 0; i < 6; i += 1) {
        await leaveMidway(
          `/v1/export?kind=demand&from=1990-01-01T00:00:00Z&format=${i % 2 === 0 ? 'csv' : 'parquet'}`,
        );
        const calls = demand.mock.calls.length;
        // Thirty years are some 2,700 reads of a zone: a server that goes on would be seen.
        await settle();
        await settle();
        expect(demand.mock.calls.length - calls).toBeLessThan(100);
      }
      expect(demand.mock.calls.length).toBeLessThan(6 * 1000);
    } finally {
      demand.mockRestore();
    }
    await vi.waitFor(async () => expect((await get(`${EXPORT}&kind=demand`)).status).toBe(200));
  });
});

function pointsOf({ fromMs, toMs }: TimeRange): DemandPoint[] {
  const count = Math.floor((toMs - fromMs) / MINUTE_MS);
  return Array.from({ length: count }, (_, i) => ({
    timeMs: fromMs + i * MINUTE_MS,
    demandMw: i,
    source: 'test',
  }));
}

function leaveMidway(where: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${serving.url.replace('localhost', '127.0.0.1')}${where}`, (response) => {
      expect(response.statusCode).toBe(200);
      response.once('data', () => response.destroy());
      response.once('close', resolve);
      response.on('error', () => undefined);
    });
    request.on('error', reject);
  });
}

/** A round trip: whatever the server had in hand has been worked off. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await get('/healthz');
}
