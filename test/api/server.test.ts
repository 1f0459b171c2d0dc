import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import formatsModule from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DAY_MS, MINUTE_MS, toIso } from '../../src/contracts/time.js';
import { makeDemand, makeModel, makeNowcast, START_MS } from '../feed/records.js';
import { readSchema } from '../feed/schema-file.js';
import { Serving } from '../feed/serving.js';

const ajv = new Ajv({ strict: false });
formatsModule.default(ajv);

function isValid(schema: string, body: unknown): void {
  const validate =
    ajv.getSchema(`https://power-nowcast.dev/schemas/${schema}.json`) ?? ajv.compile(readSchema(schema));
  expect(validate(body), JSON.stringify(validate.errors)).toBe(true);
}

let serving: Serving;
const ZONE = 'CA ISO-TAC';
const zonePath = encodeURIComponent(ZONE);
const nowcasts = Array.from({ length: 6 }, (_, i) =>
  makeNowcast({ zone: ZONE, originMs: START_MS + i * 5 * MINUTE_MS }),
);
const demand = Array.from({ length: 24 }, (_, i) => makeDemand(ZONE, START_MS + i * 5 * MINUTE_MS, 1000 + i));
const run = {
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
const alert = {
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
const accuracy = {
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

async function get(where: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${serving.url.replace('localhost', '127.0.0.1')}${where}`, init);
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const body = type.includes('json') && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, type, body, text, headers: response.headers };
}

async function problem(where: string, status: number, init: RequestInit = {}): Promise<string> {
  const answer = await get(where, init);
  expect(answer.status, where).toBe(status);
  expect(answer.type, where).toContain('application/problem+json');
  isValid('rest-problem', answer.body);
  expect(answer.text).not.toMatch(/node_modules|\.ts:\d|\.js:\d|at Object\./);
  return String(answer.body.detail);
}

beforeAll(async () => {
  serving = await Serving.start({
    zones: [ZONE, 'quiet'],
    nowMs: () => START_MS + DAY_MS,
    api: { requestsPerMinute: 100_000, webDir: '/nonexistent' },
  });
  await serving.history.write({
    demand,
    nowcasts,
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
    expect([...records.values()].reduce((a, b) => a + b, 0)).toBe(6 + 24 + 2 + 1 + 3 + 2 + 1);
    expect(state.seq).toBe(5);
  });
});

afterAll(async () => {
  await serving.stop();
});

describe('reading', () => {
  it('zones', async () => {
    const { status, body } = await get('/v1/zones');
    expect(status).toBe(200);
    isValid('rest-zones', body);
    expect(body.zones).toEqual([
      {
        zone: ZONE,
        name: `Zone ${ZONE}`,
        timeZone: 'UTC',
        stepMinutes: 5,
        horizonsMinutes: [5, 15, 60],
        lateAfterMinutes: 15,
        latestDemandTime: toIso(START_MS + 115 * MINUTE_MS),
        latestOrigin: toIso(START_MS + 25 * MINUTE_MS),
      },
      expect.objectContaining({ zone: 'quiet', latestDemandTime: null, latestOrigin: null }),
    ]);
  });

  it('the latest nowcasts', async () => {
    const { body } = await get('/v1/nowcasts');
    isValid('rest-nowcasts', body);
    expect(body).toEqual({ epoch: serving.view.epoch, seq: 5, nowcasts: [nowcasts[5]] });
  });

  it('one nowcast, newest and as of a time', async () => {
    expect((await get(`/v1/nowcasts/${zonePath}`)).body).toEqual(nowcasts[5]);
    const at = toIso(START_MS + 12 * MINUTE_MS);
    const { body } = await get(`/v1/nowcasts/${zonePath}?at=${at}`);
    isValid('nowcast', body);
    expect(body.origin).toBe(toIso(START_MS + 10 * MINUTE_MS));
  });

  it('demand, by default the last 24 h of the data', async () => {
    const { body } = await get(`/v1/demand/${zonePath}`);
    isValid('rest-demand', body);
    expect(body.to).toBe(toIso(START_MS + 120 * MINUTE_MS));
    expect(body.from).toBe(toIso(START_MS + 120 * MINUTE_MS - DAY_MS));
    expect(body.points).toHaveLength(24);
    const some = await get(
      `/v1/demand/${zonePath}?from=${encodeURIComponent('2024-07-01T02:00:00+02:00')}&to=2024-07-01T00:10:00Z`,
    );
    expect(some.body).toEqual({
      zone: ZONE,
      from: toIso(START_MS),
      to: toIso(START_MS + 10 * MINUTE_MS),
      points: [
        { time: toIso(START_MS), demandMw: 1000, source: 'test' },
        { time: toIso(START_MS + 5 * MINUTE_MS), demandMw: 1001, source: 'test' },
      ],
    });
  });

  it('weather', async () => {
    const { body } = await get(`/v1/weather/${zonePath}`);
    isValid('rest-weather', body);
    expect(body.points).toEqual([{ time: toIso(START_MS), source: 'test', temperatureC: 21.5 }]);
  });

  it('nowcasts against actuals', async () => {
    const { body } = await get(`/v1/history/${zonePath}?horizonMinutes=15`);
    isValid('rest-history', body);
    expect(body.horizonMinutes).toBe(15);
    const points = body.points as { time: string; actualMw: number | null; mw: number | null }[];
    expect(points).toHaveLength(24);
    expect(points.filter((point) => point.mw !== null)).toHaveLength(6);
    expect(points[3]).toMatchObject({ time: toIso(START_MS + 15 * MINUTE_MS), actualMw: 1003, mw: 1015 });
    expect((await get(`/v1/history/${zonePath}`)).body.horizonMinutes).toBe(60);
  });

  it('accuracy, models, training runs and alerts', async () => {
    const scores = await get(`/v1/accuracy?zone=${zonePath}&window=24h`);
    isValid('rest-accuracy', scores.body);
    expect(scores.body).toEqual({ accuracy: [accuracy] });
    expect((await get('/v1/accuracy?window=7d')).body).toEqual({ accuracy: [] });

    const models = await get('/v1/models');
    isValid('rest-models', models.body);
    expect(models.body.serving).toEqual({ [ZONE]: 'm1' });
    expect(models.text).not.toContain('artifact"');

    const runs = await get('/v1/training-runs');
    isValid('rest-training-runs', runs.body);
    expect(runs.body).toEqual({ trainingRuns: [run] });
    expect((await get('/v1/training-runs/run-1')).body).toEqual(run);

    const raised = await get('/v1/alerts');
    isValid('rest-alerts', raised.body);
    expect(raised.body).toEqual({ alerts: [alert] });
    expect((await get('/v1/alerts?state=all')).body.alerts).toHaveLength(2);
    expect((await get('/v1/alerts?state=resolved')).body.alerts).toMatchObject([
      { id: 'gone', state: 'resolved' },
    ]);
  });

  it('the status', async () => {
    const { body } = await get('/v1/status');
    isValid('rest-status', body);
    expect(body).toMatchObject({
      roles: ['serve'],
      log: { kind: 'embedded', epoch: serving.view.epoch },
      history: { kind: 'embedded' },
      feed: { clients: 0, seq: 5, caughtUp: true },
      counts: { undecodable: 0, qualityEvents: { spike: 1 } },
    });
    expect((body.zones as unknown[])[0]).toMatchObject({
      zone: ZONE,
      quality: 'ok',
      modelVersion: 'm1',
      latestDemandMw: 1023,
      demandAgeMs: DAY_MS - 120 * MINUTE_MS,
      late: true,
    });
    expect(body.topics).toContainEqual({ topic: 'nowcasts', partition: 0, position: 6, end: 6 });
  });

  it('health, readiness and metrics', async () => {
    const health = await get('/healthz');
    isValid('rest-health', health.body);
    expect(health.status).toBe(200);
    const waiting = await get('/readyz');
    isValid('rest-ready', waiting.body);
    expect(waiting.status).toBe(503);
    expect(waiting.body.detail).toContain('stream has not reported yet');
    for (const name of ['log', 'history', 'stream'])
      serving.health.report(name, { ok: true, detail: 'fine' });
    expect(await get('/readyz')).toMatchObject({ status: 200, body: { ready: true, detail: 'ready' } });
    const metrics = await get('/metrics');
    expect(metrics.type).toContain('text/plain');
    expect(metrics.text).toContain('# TYPE nowcast_emitted_total counter');
  });

  it('answers HEAD and compresses what is large', async () => {
    expect((await get('/v1/zones', { method: 'HEAD' })).status).toBe(200);
    const { headers } = await get(`/v1/history/${zonePath}`, { headers: { 'accept-encoding': 'gzip' } });
    expect(headers.get('content-encoding')).toBe('gzip');
  });
});

describe('bad requests', () => {
  it.each(['nowcasts', 'demand', 'weather', 'history'])(
    '%s of an unknown zone lists the known ones',
    async (kind) => {
      const detail = await problem(`/v1/${kind}/Atlantis`, 404);
      expect(detail).toBe(`unknown zone "Atlantis"; known zones: "${ZONE}", "quiet"`);
    },
  );

  it.each([
    [
      `/v1/demand/${zonePath}?from=yesterday`,
      /^from must be an ISO 8601 time .* for example from=2024-07-01T00:00:00Z/,
    ],
    [`/v1/demand/${zonePath}?to=2024-07-01`, /^to must be an ISO 8601 time/],
    [`/v1/nowcasts/${zonePath}?at=now`, /^at must be an ISO 8601 time/],
    [`/v1/weather/${zonePath}?from=2024-07-02T00:00:00Z&to=2024-07-01T00:00:00Z`, /^from must be before to/],
    [`/v1/history/${zonePath}?from=2000-01-01T00:00:00Z`, /ask for at most 173 days/],
    [`/v1/history/${zonePath}?horizonMinutes=7`, /no such horizonMinutes; offered: 5, 15, 60/],
    [`/v1/history/${zonePath}?horizonMinutes=abc`, /^horizonMinutes must be integer/],
    [`/v1/demand/${zonePath}?form=2024-07-01T00:00:00Z`, /^unknown parameter "form"/],
    [`/v1/demand/${zonePath}?from=2024-07-01T00:00:00Z&from=2024-07-02T00:00:00Z`, /^from must be string/],
    ['/v1/accuracy?window=2h', /^window must be one of 1h,24h,7d/],
    ['/v1/alerts?state=open', /^state must be one of raised,resolved,all/],
    ['/v1/zones?x=1', /^unknown parameter "x"/],
  ])('%s', async (where, detail) => {
    expect(await problem(where, 400)).toMatch(detail);
  });

  it('what is not there', async () => {
    expect(await problem('/v1/nope', 404)).toContain('GET /v1/nope');
    expect(await problem('/v1/zones', 404, { method: 'POST' })).toContain('POST /v1/zones');
    expect(
      await problem('/v1/models/m1/promote', 404, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      }),
    ).toBeDefined();
    expect(await problem('/v1/training-runs/none', 404)).toContain('"none"');
    expect(await problem('/v1/nowcasts/quiet', 404)).toBe('zone "quiet" has no nowcast yet');
    expect(await problem(`/v1/nowcasts/${zonePath}?at=2020-01-01T00:00:00Z`, 404)).toContain('2020-01-01');
    expect(await problem('/v1/accuracy?zone=Atlantis', 404)).toContain('unknown zone');
    expect(await problem('/v1/demand/%E0%A4%A', 400)).toBeDefined();
    expect(await problem('/v1/feed', 404)).toBeDefined();
  });

  it('a history that fails is a 500 without its inside, kept for the status', async () => {
    const spy = vi.spyOn(serving.history, 'demand').mockRejectedValueOnce(new TypeError('secret inside'));
    const detail = await problem(`/v1/demand/${zonePath}`, 500);
    expect(detail).not.toContain('secret');
    expect(serving.errors.list()[0]).toMatchObject({ where: 'api', message: 'secret inside' });
    spy.mockRestore();
  });
});

describe('pages', () => {
  it('has an OpenAPI 3.1 document that is valid and names every path', async () => {
    const { body } = await get('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const result = await new Validator().validate(JSON.parse(JSON.stringify(body)) as object);
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    expect(Object.keys(body.paths as object).sort()).toEqual(
      [
        '/healthz',
        '/metrics',
        '/readyz',
        '/v1/accuracy',
        '/v1/alerts',
        '/v1/demand/{zone}',
        '/v1/history/{zone}',
        '/v1/models',
        '/v1/nowcasts',
        '/v1/nowcasts/{zone}',
        '/v1/status',
        '/v1/training-runs',
        '/v1/training-runs/{id}',
        '/v1/weather/{zone}',
        '/v1/zones',
      ].sort(),
    );
  });

  it('has API pages that load nothing from elsewhere', async () => {
    const page = await get('/docs/');
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/https?:/);
    expect(page.text).not.toMatch(/(src|href)="https?:/);
    const scripts = [...page.text.matchAll(/src="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) {
      const { pathname } = new URL(script, 'http://x/docs/');
      expect((await get(pathname)).status, pathname).toBe(200);
    }
  });

  it('says how to build the dashboard when it is not built', async () => {
    const page = await get('/');
    expect(page.type).toContain('text/html');
    expect(page.text).toContain('npm run build');
  });

  it('serves the built dashboard under a strict policy', async () => {
    const webDir = await mkdtemp(path.join(tmpdir(), 'nowcast-web-'));
    await mkdir(path.join(webDir, 'assets'));
    await writeFile(path.join(webDir, 'index.html'), '<!doctype html><title>d</title>');
    await writeFile(path.join(webDir, 'assets', 'index-abc.js'), 'export {};');
    const other = await Serving.start({ api: { webDir, requestsPerMinute: 10 } });
    try {
      const base = other.url.replace('localhost', '127.0.0.1');
      const index = await fetch(`${base}/`);
      expect(await index.text()).toContain('<title>d</title>');
      expect(index.headers.get('cache-control')).toBe('no-cache');
      expect(index.headers.get('content-security-policy')).toContain("default-src 'self'");
      const asset = await fetch(`${base}/assets/index-abc.js`);
      expect(asset.headers.get('cache-control')).toContain('immutable');
      expect((await fetch(`${base}/../package.json`)).status).toBe(404);
      expect((await fetch(`${base}/assets/%2e%2e/%2e%2e/etc/passwd`)).status).toBeGreaterThanOrEqual(400);
      const statuses: number[] = [];
      for (let i = 0; i < 12; i += 1) statuses.push((await fetch(`${base}/v1/zones`)).status);
      expect(statuses.at(-1)).toBe(429);
      const limited = await fetch(`${base}/v1/zones`);
      isValid('rest-problem', await limited.json());
      expect((await fetch(`${base}/healthz`)).status).toBe(200);
    } finally {
      await other.stop();
      await rm(webDir, { recursive: true, force: true });
    }
  });

  it('says which port is in use and what to do', async () => {
    const port = Number(new URL(serving.url).port);
    await expect(Serving.start({ api: { port } })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringMatching(
        new RegExp(`port ${port} on 127.0.0.1 is in use.*--port or NOWCAST_PORT`),
      ) as string,
    });
  });
});
