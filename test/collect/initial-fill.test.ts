import { afterEach, describe, expect, it } from 'vitest';
import { InitialFills } from '../../src/collect/initial-fill.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/contracts/time.js';
import { HealthRegistry } from '../../src/ops/health.js';
import { createLogger } from '../../src/ops/logger.js';
import { fillEmptyStore } from '../../src/roles/collect-role.js';
import type { Fault } from '../fakes/fake-source.js';
import { Harness } from '../fakes/harness.js';
import { finalAreaMw, finalMw } from '../fakes/world.js';
import { decoded } from './memory-log.js';

const NOW = Date.parse('2026-07-01T12:00:00Z');
const DAYS = 60;
let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

/** One start of the service, as far as the first history of a source. @returns what its readiness check said */
function start(name: string, nowMs: number, stopAtMs = Infinity): Promise<string[]> {
  return harness!.withSource(name, nowMs, async (part, pacer, publisher) => {
    const said: string[] = [];
    const health = new HealthRegistry(() => pacer.nowMs(), []);
    const stop = new AbortController();
    const report = health.report.bind(health);
    health.report = (check, state) => {
      said.push(`${state.ok ? 'ok' : 'away'} ${state.detail}`);
      if (pacer.nowMs() >= stopAtMs) stop.abort();
      report(check, state);
    };
    const logger = createLogger({ level: 'silent', pretty: false });
    const config = harness!.config();
    await fillEmptyStore({ config, logger, health }, part, publisher, { pacer, signal: stop.signal });
    return said;
  });
}

describe('the first history of an empty store', () => {
  it('is sixty days of every hour and area, asked for once', async () => {
    harness = await Harness.start(NOW);
    const said = await start('caiso-oasis', NOW);
    expect(said.at(-1)).toMatch(/^ok fetching history: 2 of 2 \(2026-06-02 \.\. 2026-07-01\)$/);
    const zone = decoded(harness.log, 'demand.observed').filter((record) => record.zone === 'SCE-TAC');
    // The newest hour is not published yet.
    const expected = Array.from({ length: DAYS * 24 - 1 }, (_, i) => NOW - DAYS * DAY_MS + i * HOUR_MS);
    expect(zone.map(({ validTime }) => Date.parse(validTime))).toEqual(expected);
    // Hours of the last day may be corrected later.
    for (const { validTime, demandMw } of zone.slice(0, -24))
      expect(demandMw).toBe(finalAreaMw('SCE-TAC', Date.parse(validTime)));
    const asked = harness.fakes.oasis.requests.length;
    expect(await start('caiso-oasis', NOW + HOUR_MS)).toEqual([]);
    expect(harness.fakes.oasis.requests).toHaveLength(asked);
  });

  it('goes on after an outage, and after a restart in its middle, without asking for a day twice', async () => {
    const outage: Fault = { kind: 'reset', fromMs: NOW + 10_000, toMs: NOW + 30 * MINUTE_MS };
    harness = await Harness.start(NOW, [outage]);
    const said = await start('caiso-outlook', NOW, NOW + 31 * MINUTE_MS);
    expect(
      said.some((detail) => /^away .*history is not complete yet, trying again in \d+ s/.test(detail)),
    ).toBe(true);
    // Stopped with part of it in the store: the store is not empty now, and still the rest is fetched.
    const before = decoded(harness.log, 'demand.observed').length;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(50 * 288);
    const rest = await start('caiso-outlook', NOW + 2 * HOUR_MS);
    expect(rest.at(-1)).toMatch(/^ok fetching history: 6[01] of 6[01]/);
    const records = decoded(harness.log, 'demand.observed');
    const times = records.map(({ validTime }) => Date.parse(validTime)).sort((a, b) => a - b);
    expect(new Set(times).size).toBe(times.length);
    const settled = times.filter((ms) => ms >= NOW - DAYS * DAY_MS && ms < NOW - 12 * HOUR_MS);
    expect(settled).toHaveLength(((DAYS - 0.5) * DAY_MS) / (5 * MINUTE_MS));
    for (const { validTime, demandMw, revision } of records.filter(
      (record) => Date.parse(record.validTime) < NOW - DAY_MS,
    ))
      expect([demandMw, revision]).toEqual([finalMw(Date.parse(validTime)), 0]);
    const good = harness.fakes.outlook.requests
      .filter(({ status }) => status === 200)
      .map(({ path }) => path);
    const past = good.filter((path) => path.includes('history'));
    expect(new Set(past).size).toBe(past.length);
  });

  it('is not fetched where none is wanted', async () => {
    harness = await Harness.start(NOW, [], { sources: { initialBackfillDays: 0 } });
    expect(await start('caiso-outlook', NOW)).toEqual([]);
    expect(harness.fakes.outlook.requests).toEqual([]);
  });

  it('is not fetched for a store that has data of the source', async () => {
    harness = await Harness.start(NOW);
    await harness.run('caiso-outlook', NOW, NOW + 10 * MINUTE_MS);
    expect(await start('caiso-outlook', NOW + HOUR_MS)).toEqual([]);
  });
});

describe('the note of a first history', () => {
  it('survives a restart, and nonsense in its file means that nothing was begun', () => {
    harness = undefined;
    const fills = new InitialFills('/nowhere-that-exists');
    expect(fills.unfinishedFromMs('caiso-oasis')).toBeNull();
    expect(() => {
      fills.note('caiso-oasis', NOW, false);
    }).toThrow(/initial-fill\.json/);
  });
});
