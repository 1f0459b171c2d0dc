import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS, toIso } from '../../src/contracts/time.js';
import { START_MS } from '../feed/records.js';
import {
  ZONE,
  accuracy,
  alert,
  forecast,
  get,
  isValid,
  nowcasts,
  problem,
  run,
  serveSomeData,
  serving,
  storedForecast,
  zonePath,
} from './api-fixture.js';

serveSomeData();

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

  it('what the operator forecast', async () => {
    const { body } = await get(
      `/v1/demand-forecasts/${zonePath}?from=${toIso(START_MS)}&to=${toIso(START_MS + DAY_MS)}`,
    );
    isValid('rest-demand-forecasts', body);
    const { validTime: time, demandMw, issuedAt, availableAt, source } = forecast;
    expect(body.forecasts).toEqual([
      // The history's older value of the same interval gives way.
      { product: forecast.product, points: [{ time, demandMw, issuedAt, availableAt, source }] },
      {
        product: 'stored',
        points: [{ time: storedForecast.validTime, demandMw, issuedAt, availableAt, source }],
      },
    ]);
    const paged = await get(`/v1/demand-forecasts/${zonePath}?from=${toIso(START_MS)}&limit=1`);
    expect(paged.body.next).toContain('/v1/demand-forecasts/');
    const later = await get(`/v1/demand-forecasts/${zonePath}?from=${toIso(START_MS + DAY_MS)}`);
    expect(later.body.forecasts).toEqual([]);
  });

  it('what was measured of the supply side, in pages', async () => {
    const { body } = await get(`/v1/supply/${zonePath}?from=${toIso(START_MS)}&limit=2`);
    isValid('rest-supply', body);
    expect(body).toMatchObject({ zone: ZONE, kind: 'observed', to: toIso(START_MS + 10 * MINUTE_MS) });
    expect(body.series).toEqual([
      {
        product: 'fuel-mix',
        area: null,
        points: [0, 5].map((minute) => ({
          time: toIso(START_MS + minute * MINUTE_MS),
          stepMinutes: 5,
          valuesMw: { solar: minute, batteries: -1.5 },
          issuedAt: null,
          availableAt: toIso(START_MS + (minute + 5) * MINUTE_MS),
          source: 'test',
        })),
      },
    ]);
    const { body: rest } = await get(String(body.next));
    expect(rest.series).toMatchObject([{ points: [{ valuesMw: { solar: 10 } }] }]);
  });

  it('what was forecast of it, apart, by area', async () => {
    const { body } = await get(`/v1/supply/${zonePath}?kind=forecast&from=${toIso(START_MS)}`);
    isValid('rest-supply', body);
    expect(body.series).toMatchObject([
      { product: 'renewables', area: null, points: [{ valuesMw: { wind: 4 } }] },
      { product: 'renewables', area: 'NP15', points: [{ valuesMw: { wind: 3 } }] },
    ]);
    expect((await get(`/v1/supply/quiet?kind=forecast`)).body.series).toEqual([]);
  });

  it('no more of it at once than fits an answer', async () => {
    const from = toIso(START_MS - 35 * DAY_MS);
    expect(await problem(`/v1/supply/${zonePath}?from=${from}&to=${toIso(START_MS)}`, 400)).toContain(
      'at most 10000: ask for at most 34 days',
    );
    expect(await problem(`/v1/supply/${zonePath}?kind=both`, 400)).toContain('kind');
    expect(await problem('/v1/supply/nowhere', 404)).toContain('nowhere');
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
    const banded = (body.points as { quantiles?: object[] }[]).map(({ quantiles }) => quantiles);
    const [, at15] = nowcasts[5]?.steps ?? [];
    expect(at15?.quantiles).toHaveLength(2);
    expect(banded.filter((quantiles) => quantiles !== undefined)).toEqual([at15?.quantiles]);
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
