import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/contracts/time.js';
import { backtest, type BacktestOptions } from '../../src/train/backtest.js';
import type { BacktestPrediction } from '../../src/train/backtest-rows.js';
import { fitZone } from '../../src/train/fit-zone.js';
import { judgeFit } from '../../src/train/gate-run.js';
import { DEFAULT_GATE_THRESHOLDS } from '../../src/train/gate-thresholds.js';
import { FAULTS, FROM_MS, PROFILE, QUICK, simulatedEvents } from './simulated.js';

const EVENTS = simulatedEvents(16, FAULTS);
const { seed, ...fit } = QUICK;
const OPTIONS: BacktestOptions = {
  events: EVENTS,
  profile: PROFILE,
  testFromMs: FROM_MS + 13 * DAY_MS,
  futureWeather: 'none',
  seed,
  fit,
};

async function predictionsOf(options: BacktestOptions): Promise<BacktestPrediction[]> {
  const predictions: BacktestPrediction[] = [];
  await backtest({ ...options, onPrediction: (one) => predictions.push(one) });
  return predictions;
}

describe('backtest', () => {
  it('scores every origin whose target is in the test, model and baselines on the same rows', async () => {
    const result = await backtest(OPTIONS);
    expect(result).toMatchObject({
      zone: PROFILE.zone,
      stepMinutes: 5,
      trainedUntil: '2025-03-14T00:00:00.000Z',
    });
    expect(result.horizons.map(({ minutes }) => minutes)).toEqual(PROFILE.horizonsMinutes);
    for (const { n, mape, baselines, coverage80 } of result.horizons) {
      expect(n).toBeGreaterThan(700);
      expect(n).toBeLessThanOrEqual(3 * 288);
      expect(mape).toBeLessThan(baselines.persistence);
      expect(coverage80).toBeGreaterThan(30);
    }
  });

  it('gives bit-identical predictions for origins <= T when the input is cut or scrambled after T', async () => {
    const cutMs = FROM_MS + 15 * DAY_MS;
    const known = (one: BacktestPrediction) =>
      one.originMs + PROFILE.stepMs <= cutMs && one.targetMs + DAY_MS / 8 <= cutMs;
    const forecast = ({ originMs, targetMs, mw, p10, p90, modelVersion }: BacktestPrediction) => [
      originMs,
      targetMs,
      mw,
      p10,
      p90,
      modelVersion,
    ];
    const whole = (await predictionsOf(OPTIONS)).filter(known).map(forecast);
    const cut = EVENTS.filter(({ availableAtMs }) => availableAtMs <= cutMs);
    const scrambled = EVENTS.map((event) =>
      event.availableAtMs > cutMs && event.type === 'demand'
        ? { ...event, demandMw: event.demandMw + 321 }
        : event,
    );
    expect(whole.length).toBeGreaterThan(1500);
    expect((await predictionsOf({ ...OPTIONS, events: cut })).filter(known).map(forecast)).toEqual(whole);
    expect((await predictionsOf({ ...OPTIONS, events: scrambled })).filter(known).map(forecast)).toEqual(
      whole,
    );
  });

  it('trains again on schedule and uses the later models', async () => {
    const predictions = await predictionsOf({ ...OPTIONS, refitEveryDays: 1 });
    const versions = new Set(predictions.map(({ modelVersion }) => modelVersion));
    expect(versions.size).toBe(3);
    for (const { modelVersion, originMs } of predictions) {
      // Trained on everything that was known when the origin's day of the test began, and on nothing later.
      const day = Math.max(0, Math.floor((originMs - OPTIONS.testFromMs) / DAY_MS));
      expect(modelVersion).toContain(`-202503${String(13 + day)}T23`);
    }
  });

  it('refuses a test period without demand', async () => {
    await expect(backtest({ ...OPTIONS, testFromMs: FROM_MS + 40 * DAY_MS })).rejects.toThrow(
      /no demand to test on/,
    );
  });

  it('lets perfect forecasts in only when asked', async () => {
    const perfect = await backtest({ ...OPTIONS, futureWeather: 'perfect' });
    expect(perfect.horizons.every(({ n }) => n > 700)).toBe(true);
  });
});

describe('fitZone', () => {
  it('names the version by zone, time and artifact, the same for the same input', async () => {
    const untilMs = FROM_MS + 13 * DAY_MS;
    const first = await fitZone(EVENTS, PROFILE, { ...QUICK, untilMs });
    const { manifest } = await fitZone(EVENTS, PROFILE, { ...QUICK, untilMs });
    expect(manifest).toEqual(first.manifest);
    expect(manifest.version).toMatch(/^[a-z0-9-]+-2025031[34]T\d{4}Z-[0-9a-f]{8}$/);
    expect(manifest.version.endsWith(manifest.artifactSha256.slice(0, 8))).toBe(true);
    expect(Date.parse(manifest.trainedUntil)).toBeLessThanOrEqual(untilMs);
    const gate = await judgeFit(first, { kind: 'none' }, DEFAULT_GATE_THRESHOLDS);
    expect(gate).toMatchObject({ verdict: 'promoted', champion: null });
    expect(gate.reasons.join()).toMatch(/first model of the zone/);
    const [row] = first.manifest.metrics;
    expect(gate.horizons?.[0]?.mape).toBeCloseTo(row?.mape ?? 0, 3);
  });

  it('rejects a model that does not beat the baseline, and says by how much', async () => {
    // Demand that repeats itself exactly: the ramp of earlier days is perfect, nothing can beat it.
    const events = Array.from({ length: 14 * 24 }, (_, hour) => ({
      type: 'demand' as const,
      zone: 'FLAT',
      validTimeMs: FROM_MS + hour * HOUR_MS,
      availableAtMs: FROM_MS + (hour + 1) * HOUR_MS,
      demandMw: 1000 + 10 * (hour % 24),
      revision: 0,
      source: 'test',
    }));
    const profile = {
      ...PROFILE,
      zone: 'FLAT',
      stepMs: HOUR_MS,
      timeZone: 'UTC',
      holidays: '',
      horizonsMinutes: [60, 120, 720],
    };
    const fit = await fitZone(events, profile, QUICK);
    const gate = await judgeFit(fit, { kind: 'none' }, DEFAULT_GATE_THRESHOLDS);
    expect(gate.verdict).toBe('rejected');
    expect(gate.reasons.join()).toMatch(/not better than the baseline: mean MAPE/);
  });
});
