import { afterEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/contracts/time.js';
import type { Fault } from '../fakes/fake-source.js';
import { hourlyFaults } from '../fakes/hourly-faults.js';
import { Harness, shortestPauseMs } from '../fakes/harness.js';
import { AREAS, finalAreaMw, finalMw, isAreaCorrected, isCorrected } from '../fakes/world.js';
import { decoded } from './memory-log.js';

const STEP_MS = 5 * MINUTE_MS;
let harness: Harness | undefined;

afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

/** Values of each interval in the order of the log, as `mw@revision`. */
function seriesOf(zone: string): Map<number, string[]> {
  const series = new Map<number, string[]>();
  for (const record of decoded(harness!.log, 'demand.observed')) {
    if (record.zone !== zone) continue;
    const startMs = Date.parse(record.validTime);
    series.set(startMs, [...(series.get(startMs) ?? []), `${record.demandMw}@${record.revision}`]);
  }
  return series;
}

/** Exactly the right intervals, each once, ending at the right value, with at most the one correction. */
function expectOutlook(
  fromMs: number,
  toMs: number,
  left: (startMs: number) => boolean = () => false,
): number {
  const series = seriesOf('CA ISO-TAC');
  const wrong: string[] = [];
  let corrections = 0;
  for (let startMs = fromMs; startMs < toMs; startMs += STEP_MS) {
    const found = series.get(startMs)?.join(' ') ?? 'nothing';
    const right = finalMw(startMs);
    const allowed = left(startMs) ? ['nothing'] : [`${right}@0`];
    if (isCorrected(startMs) && !left(startMs)) allowed.push(`${right + 37}@0 ${right}@1`);
    if (found.includes('@1')) corrections++;
    if (!allowed.includes(found))
      wrong.push(`${new Date(startMs).toISOString()}: ${found}, not ${allowed.join(' or ')}`);
  }
  expect(wrong).toEqual([]);
  return corrections;
}

/** An hour of each kind of fault with an hour between, half a minute of slow-loris, and six hours of nothing at all. */
function faultsFrom(startMs: number): Fault[] {
  const slowMs = startMs + 18 * HOUR_MS;
  const outageMs = startMs + 20 * HOUR_MS;
  return [
    ...hourlyFaults(startMs),
    { kind: 'slow-loris', fromMs: slowMs, toMs: slowMs + 6 * MINUTE_MS },
    { kind: 'reset', fromMs: outageMs, toMs: outageMs + 6 * HOUR_MS },
  ];
}

describe('collectors through every fault of their sources', () => {
  const start = Date.parse('2026-07-01T10:00:00Z');
  const end = start + 30 * HOUR_MS;

  it("Today's Outlook: every interval once, with its correction", async () => {
    harness = await Harness.start(start, faultsFrom(start));
    await harness.run('caiso-outlook', start, end);
    expect(expectOutlook(Date.parse('2026-07-01T06:55:00Z'), end - 15 * MINUTE_MS)).toBeGreaterThan(2);
    const kinds = new Set(harness.failures.map(({ kind }) => kind));
    for (const kind of [
      'throttled',
      'unexpected_content',
      'network',
      'redirect',
      'server_error',
      'timeout',
      'circuit_open',
    ])
      expect([...kinds]).toContain(kind);
    expect(harness.failures.some(({ message }) => message.includes('secret'))).toBe(false);
    expect(shortestPauseMs(harness.fakes.outlook)).toBeGreaterThanOrEqual(1000);
    expect(harness.fakes.outlook.mostOpen).toBe(1);
  });

  it('OASIS: every hour of every area once, five seconds between requests, nothing of other areas', async () => {
    harness = await Harness.start(start, faultsFrom(start));
    await harness.run('caiso-oasis', start, end);
    const zones = new Set(decoded(harness.log, 'demand.observed').map(({ zone }) => zone));
    expect(zones).toEqual(new Set(Object.keys(AREAS)));
    for (const zone of zones) {
      const series = seriesOf(zone);
      const wrong: string[] = [];
      for (let startMs = start - 2 * DAY_MS; startMs < end - 3 * HOUR_MS; startMs += HOUR_MS) {
        const found = series.get(startMs)?.join(' ') ?? 'nothing';
        const right = finalAreaMw(zone, startMs);
        const isSettled = startMs < end - 8 * HOUR_MS;
        const allowed = [`${right}@0`];
        if (isAreaCorrected(startMs))
          allowed.push(`${right + 3}@0 ${right}@1`, ...(isSettled ? [] : [`${right + 3}@0`]));
        if (!allowed.includes(found)) wrong.push(`${zone} ${new Date(startMs).toISOString()}: ${found}`);
      }
      expect(wrong).toEqual([]);
    }
    const kinds = [...new Set(harness.failures.map(({ kind }) => kind))];
    expect(kinds).toContain('damaged');
    expect(kinds).toContain('server_error');
    expect(shortestPauseMs(harness.fakes.oasis)).toBeGreaterThanOrEqual(5000);
    expect(harness.fakes.oasis.mostOpen).toBe(1);
  });

  it('weather: every hour observed, forecasts only when they change, kinds apart', async () => {
    harness = await Harness.start(start, faultsFrom(start));
    await harness.run('open-meteo', start, end);
    const observed = decoded(harness.log, 'weather.observed').filter(({ zone }) => zone === 'VEA-TAC');
    const hours = new Set(observed.map(({ validTime }) => Date.parse(validTime)));
    expect(hours.size).toBe(observed.length);
    for (let ms = start; ms <= end - HOUR_MS; ms += HOUR_MS) expect(hours.has(ms)).toBe(true);
    expect(observed.every(({ validTime, availableAt }) => validTime <= availableAt)).toBe(true);
    const forecasts = decoded(harness.log, 'weather.forecast').filter(({ zone }) => zone === 'VEA-TAC');
    // A run each six hours, and the horizon that grows at midnight.
    expect(forecasts.length).toBeLessThan(10);
    for (const { points, availableAt } of forecasts)
      expect(points.every(({ validTime }) => validTime > availableAt)).toBe(true);
  });
});

describe('a collector that was away', () => {
  it('fills the days by itself, after a restart too, and asks for nothing twice that it holds', async () => {
    const start = Date.parse('2026-07-01T12:00:00Z');
    harness = await Harness.start(start);
    await harness.run('caiso-outlook', start, start + 2 * HOUR_MS);
    const back = start + 4 * DAY_MS;
    await harness.run('caiso-outlook', back, back + HOUR_MS);
    expectOutlook(Date.parse('2026-07-01T06:55:00Z'), back + 45 * MINUTE_MS);
    const before = harness.fakes.outlook.requests.length;
    await harness.run('caiso-outlook', back + HOUR_MS, back + 2 * HOUR_MS);
    const paths = harness.fakes.outlook.requests.slice(before).map(({ path }) => path);
    expect(paths.filter((path) => path.includes('history')).length).toBeLessThanOrEqual(1);
  });
});

describe('clock changes', () => {
  it('spring: no interval is missing or invented', async () => {
    const start = Date.parse('2026-03-08T06:00:00Z');
    harness = await Harness.start(start);
    await harness.run('caiso-outlook', start, start + 12 * HOUR_MS);
    expectOutlook(Date.parse('2026-03-07T08:00:00Z'), start + 11 * HOUR_MS);
    const times = [...seriesOf('CA ISO-TAC').keys()].sort((a, b) => a - b);
    expect((times.at(-1)! - times[0]!) / STEP_MS + 1).toBe(times.length);
  });

  it('autumn: the first pass is taken live, of the second only what has one meaning', async () => {
    const start = Date.parse('2026-11-01T05:00:00Z');
    harness = await Harness.start(start);
    await harness.run('caiso-outlook', start, start + 12 * HOUR_MS);
    const secondPass = (startMs: number): boolean => {
      const endMs = startMs + STEP_MS;
      return endMs >= Date.parse('2026-11-01T09:00:00Z') && endMs < Date.parse('2026-11-01T10:00:00Z');
    };
    expectOutlook(Date.parse('2026-10-31T07:00:00Z'), start + 11 * HOUR_MS, secondPass);
  });

  it.each(['2026-03-08T06:00:00Z', '2026-11-01T05:00:00Z'])(
    'OASIS at %s: every hour of the day once, in UTC as it is published',
    async (time) => {
      const start = Date.parse(time);
      harness = await Harness.start(start, [], {
        zones: () => [{ zone: 'PGE-TAC', stepMinutes: 60, source: { kind: 'caiso-oasis' } }],
        sources: { operatorForecasts: false },
      });
      await harness.run('caiso-oasis', start, start + 12 * HOUR_MS);
      const series = seriesOf('PGE-TAC');
      for (let startMs = start - DAY_MS; startMs < start + 10 * HOUR_MS; startMs += HOUR_MS)
        expect(series.get(startMs)?.at(-1)?.split('@')[0]).toBe(
          String(
            finalAreaMw('PGE-TAC', startMs) +
              (isAreaCorrected(startMs) && startMs > start + 6 * HOUR_MS ? 3 : 0),
          ),
        );
      expect(series.size).toBe((3 * DAY_MS + 11 * HOUR_MS) / HOUR_MS);
    },
  );
});
