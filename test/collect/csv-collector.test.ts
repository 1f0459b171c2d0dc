import { afterEach, describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS, toIso } from '../../src/contracts/time.js';
import type { FaultKind, Handler } from '../fakes/fake-source.js';
import { hourlyFaults } from '../fakes/hourly-faults.js';
import { Harness, type HarnessOptions, shortestPauseMs } from '../fakes/harness.js';
import { decoded } from './memory-log.js';

const START = Date.parse('2026-07-01T10:00:00Z');
const STEP_MS = 15 * MINUTE_MS;
const ZONE = 'Val d’Aoste, "haute"';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const mwAt = (ms: number): number => 300 + ((ms / STEP_MS) % 96);
const isCorrected = (ms: number): boolean => (ms / STEP_MS) % 10 === 0;

/** The last six hours of three zones; every tenth value is two too high for its first hour. */
const file: Handler = ({ pathname, searchParams }, nowMs) => {
  if (pathname !== '/export/load.csv' || searchParams.get('token') !== 'a b') return null;
  const lines: string[] = [];
  const lastMs = Math.floor(nowMs / STEP_MS) * STEP_MS - STEP_MS;
  for (let ms = lastMs; ms > lastMs - 24 * STEP_MS; ms -= STEP_MS) {
    const shown = mwAt(ms) + (isCorrected(ms) && nowMs < ms + HOUR_MS ? 2 : 0);
    // With the offset of a local clock, and beside other zones.
    const local = `${new Date(ms + 2 * HOUR_MS).toISOString().slice(0, 19)}+02:00`;
    lines.push(`"${ZONE.replaceAll('"', '""')}",${local},${shown}`, `Other,${toIso(ms)},77`);
  }
  const body = ['zone,time,mw', ...lines, ''].join('\r\n');
  return { body, etag: `"${lastMs}-${Math.floor(nowMs / HOUR_MS)}"` };
};

const options: HarnessOptions = {
  handlers: { csv: file },
  zones: (url) => [
    {
      zone: ZONE,
      stepMinutes: 15,
      source: { kind: 'csv', url: `${url}/export/load.csv?token=a%20b`, everyMinutes: 5 },
    },
  ],
};

/** Every interval once, with its correction where the collector was there to see both values. */
function expectSeries(fromMs: number, toMs: number): number {
  const records = decoded(harness!.log, 'demand.observed');
  expect(new Set(records.map(({ zone }) => zone))).toEqual(new Set([ZONE]));
  const wrong: string[] = [];
  let corrections = 0;
  for (let ms = fromMs; ms < toMs; ms += STEP_MS) {
    const found = records
      .filter(({ validTime }) => Date.parse(validTime) === ms)
      .map(({ demandMw, revision }) => `${demandMw}@${revision}`)
      .join(' ');
    const allowed = [`${mwAt(ms)}@0`];
    if (isCorrected(ms)) allowed.push(`${mwAt(ms) + 2}@0 ${mwAt(ms)}@1`);
    if (found.includes('@1')) corrections++;
    if (!allowed.includes(found)) wrong.push(`${toIso(ms)}: ${found || 'nothing'}`);
  }
  expect(wrong).toEqual([]);
  return corrections;
}

describe('a CSV over HTTP', () => {
  it('is the whole source of a zone: asked only for changes, new and changed rows published once', async () => {
    harness = await Harness.start(START, [], options);
    await harness.run(`csv ${ZONE}`, START, START + 8 * HOUR_MS);
    expect(harness.failures).toEqual([]);
    expect(expectSeries(START - 6 * HOUR_MS, START + 7 * HOUR_MS)).toBeGreaterThan(0);
    const statuses = harness.fakes.csv.requests.map(({ status }) => status);
    // Asked every five minutes about values of fifteen.
    expect(statuses.filter((status) => status === 304).length).toBeGreaterThan(statuses.length / 2);
    expect(shortestPauseMs(harness.fakes.csv)).toBeGreaterThanOrEqual(1000);
  });

  it('through every fault gives the same series', async () => {
    const kinds: FaultKind[] = [
      '429',
      'retry-after',
      'html',
      'truncated',
      'error-zip',
      'reset',
      'redirect',
      '503',
    ];
    const faults = hourlyFaults(START, kinds);
    const slowMs = START + 18 * HOUR_MS;
    const outageMs = START + 20 * HOUR_MS;
    faults.push(
      { kind: 'slow-loris', fromMs: slowMs, toMs: slowMs + 6 * MINUTE_MS },
      { kind: 'reset', fromMs: outageMs, toMs: outageMs + 5 * HOUR_MS },
    );
    harness = await Harness.start(START, faults, options);
    await harness.run(`csv ${ZONE}`, START, START + 28 * HOUR_MS);
    expectSeries(START - 6 * HOUR_MS, START + 27 * HOUR_MS);
    const found = new Set(harness.failures.map(({ kind }) => kind));
    for (const kind of ['throttled', 'unexpected_content', 'network', 'redirect', 'server_error'])
      expect([...found]).toContain(kind);
    expect(harness.failures.some(({ message }) => /secret|a%20b/.test(message))).toBe(false);
    expect(shortestPauseMs(harness.fakes.csv)).toBeGreaterThanOrEqual(1000);
  });

  it('leaves out rows that it cannot use and says which', async () => {
    const rows = [
      `2026-07-01T09:00:00Z,1`,
      '2026-07-01T09:15:00Z,',
      '2026-07-01T09:20:00Z,3',
      '2026-07-01 09:30,4',
      '2026-07-01T12:00:00Z,5',
      '2026-07-01T09:45:00Z,1e400',
      '2026-07-01T10:00:00Z,7',
    ];
    const body = ['time,mw,zone', ...rows.map((row) => `${row},Z`)].join('\n');
    harness = await Harness.start(START, [], {
      handlers: { csv: () => ({ body }) },
      zones: (url) => [{ zone: 'Z', stepMinutes: 15, source: { kind: 'csv', url: `${url}/x.csv` } }],
    });
    const report = await harness.withSource('csv Z', START, (part) => part.collectors[0]!.round(START));
    // The last line is not ended, so its last field may be cut off: the zone, here.
    expect(report.published).toBe(1);
    expect(report.problems.map(({ where, reason }) => `${where}: ${reason}`)).toEqual([
      'line 3: not a number of megawatts: ""',
      'line 4: 2026-07-01T09:20:00Z does not begin a step of 15 minutes',
      expect.stringMatching(/^line 5: .*2026-07-01 09:30/),
      'line 6: 2026-07-01T12:00:00Z is in the future',
      'line 7: not a number of megawatts: "1e400"',
    ]);
    expect(decoded(harness.log, 'demand.observed').map(({ demandMw }) => demandMw)).toEqual([1]);
  });

  it('without the columns it needs is refused', async () => {
    harness = await Harness.start(START, [], {
      handlers: { csv: () => ({ body: 'zone,date,load\nZ,2026-07-01,1\n' }) },
      zones: (url) => [{ zone: 'Z', stepMinutes: 15, source: { kind: 'csv', url: `${url}/x.csv` } }],
    });
    await expect(
      harness.withSource('csv Z', START, (part) => part.collectors[0]!.round(START)),
    ).rejects.toThrow('CSV of Z: the header must have zone, time and mw');
  });
});
