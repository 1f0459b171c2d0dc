import { Ajv } from 'ajv';
import formatsModule from 'ajv-formats';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { SupplyForecast, SupplyObservation } from '../../src/contracts/records.js';
import { DAY_MS, MINUTE_MS, toIso } from '../../src/contracts/time.js';
import { supplyForecastOf, supplyOf } from '../contract/history-contract/samples.js';
import { makeDemand, makeForecast, makeModel, makeNowcast, START_MS } from '../feed/records.js';
import { readSchema } from '../feed/schema-file.js';
import { Serving } from '../feed/serving.js';

const ajv = new Ajv({ strict: false });
formatsModule.default(ajv);

export function isValid(schema: string, body: unknown): void {
  const validate =
    ajv.getSchema(`https://power-nowcast.dev/schemas/${schema}.json`) ??
    ajv.compile(readSchema(schema) as object);
  expect(validate(body), JSON.stringify(validate.errors)).toBe(true);
}

export let serving: Serving;
export const ZONE = 'CA ISO-TAC';
export const zonePath = encodeURIComponent(ZONE);
/** The last one has further quantiles. */
export const nowcasts = Array.from({ length: 6 }, (_, i) =>
  makeNowcast({
    zone: ZONE,
    originMs: START_MS + i * 5 * MINUTE_MS,
    ...(i === 5 && { quantiles: [0.05, 0.25] }),
  }),
);
const demand = Array.from({ length: 24 }, (_, i) => makeDemand(ZONE, START_MS + i * 5 * MINUTE_MS, 1000 + i));
export const run = {
  id: 'run-1',
  zone: ZONE,
  kind: 'initial' as const,
  status: 'succeeded' as const,
  startedAt: toIso(START_MS),
  finishedAt: toIso(START_MS + 1000),
  stages: [{ name: 'fit', durationMs: 12 }],
  rows: 10,
  peakRssBytes: null,
  modelVersion: 'm1',
  error: null,
};
export const alert = {
  id: 'demand_late/A',
  kind: 'demand_late' as const,
  severity: 'warning' as const,
  state: 'raised' as const,
  zone: ZONE,
  at: toIso(START_MS),
  message: 'demand is late',
  value: 1,
  threshold: 0,
};
export const forecast = makeForecast({ zone: ZONE });
/** Only the history has it. */
export const storedForecast = { ...forecast, product: 'stored', validTime: toIso(START_MS + 2 * MINUTE_MS) };
export const supply = [
  ...[0, 5, 10].map((minute) =>
    supplyOf(ZONE, START_MS + minute * MINUTE_MS, { solar: minute, batteries: -1.5 }),
  ),
  supplyForecastOf(ZONE, START_MS, { wind: 3 }, { area: 'NP15' }),
  supplyForecastOf(ZONE, START_MS, { wind: 4 }),
];
export const accuracy = {
  zone: ZONE,
  horizonMinutes: 60,
  window: '24h' as const,
  at: toIso(START_MS),
  n: 10,
  mape: 1.2,
  bias: -3,
  coverage80: 81,
  skill: null,
};

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Record<string, unknown>;
  readonly text: string;
  readonly headers: Headers;
}

/** One request, its body parsed. */
export async function get(where: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${serving.url.replace('localhost', '127.0.0.1')}${where}`, init);
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const body = /(\/|\+)json/.test(type) && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, type, body, text, headers: response.headers };
}

/** A request that must fail with a problem that shows nothing of the inside. @returns its detail */
export async function problem(where: string, status: number, init: RequestInit = {}): Promise<string> {
  const answer = await get(where, init);
  expect(answer.status, where).toBe(status);
  expect(answer.type, where).toContain('application/problem+json');
  isValid('rest-problem', answer.body);
  expect(answer.text).not.toMatch(/node_modules|\.ts:\d|\.js:\d|at Object\./);
  return String(answer.body.detail);
}

/** Starts one serving side with data for the whole file; call once in each test file. */
export function serveSomeData(): void {
  beforeAll(async () => {
    serving = await Serving.start({
      zones: [ZONE, 'quiet'],
      nowMs: () => START_MS + DAY_MS,
      access: { perAddress: 100_000 },
      api: { webDir: '/nonexistent' },
    });
    await serving.history.write({
      demand,
      nowcasts,
      demandForecasts: [storedForecast, { ...forecast, demandMw: 1 }],
      supply,
      weather: [
        {
          zone: ZONE,
          kind: 'observed',
          validTime: toIso(START_MS),
          availableAt: toIso(START_MS),
          source: 'test',
          revision: 0,
          temperatureC: 21.5,
        },
      ],
    });
    await serving.append('nowcasts', nowcasts);
    await serving.append('demand.observed', demand);
    await serving.append('demand.forecast', [forecast]);
    await serving.append('supply.observed', supply.slice(0, 1) as SupplyObservation[]);
    await serving.append('supply.forecast', supply.slice(-1) as SupplyForecast[]);
    await serving.append('models', [makeModel('m1', ZONE), makeModel('m0', ZONE, 'retired')]);
    await serving.append('accuracy', [accuracy]);
    await serving.append('alerts', [
      alert,
      { ...alert, id: 'gone' },
      { ...alert, id: 'gone', state: 'resolved' },
    ]);
    await serving.append('training.runs', [{ ...run, status: 'running', finishedAt: null }, run]);
    await serving.append('quality.events', [
      {
        zone: ZONE,
        rule: 'spike',
        severity: 'warning',
        action: 'quarantined',
        validTime: toIso(START_MS),
        detectedAt: toIso(START_MS),
        source: 'test',
        value: 5,
        message: 'spike',
      },
    ]);
    await vi.waitFor(() => {
      const { state, records } = serving.view;
      expect([...records.values()].reduce((a, b) => a + b, 0)).toBe(6 + 24 + 1 + 2 + 1 + 3 + 2 + 1);
      expect(state.seq).toBe(5);
    });
  });

  afterAll(async () => {
    await serving.stop();
  });
}
