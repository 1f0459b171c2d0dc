import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { backfill, type BackfillReport } from '../../src/collect/backfill.js';
import { DAY_MS, HOUR_MS } from '../../src/contracts/time.js';
import type { Fault, Handler } from '../fakes/fake-source.js';
import { Harness, shortestPauseMs } from '../fakes/harness.js';
import { AREAS, finalAreaMw, temperatureC } from '../fakes/world.js';
import { sharedData } from '../shared-data.js';
import { decoded } from './memory-log.js';

let harness: Harness | undefined;
const NOW = Date.parse('2026-07-01T12:00:00Z');

afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

/** One run of the command: a process of its own over the same log. */
function run(name: string, from: string, to: string, stopAfter = Infinity): Promise<BackfillReport> {
  return harness!.withSource(name, NOW, (part) => {
    const stop = new AbortController();
    return backfill(part.history(Date.parse(from), Date.parse(to)), stop.signal, (done) => {
      if (done >= stopAfter) stop.abort();
    });
  });
}

describe('backfill', () => {
  it('asks OASIS for at most 31 days at a time, goes on where it was stopped, and repeats nothing', async () => {
    harness = await Harness.start(NOW);
    const cut = await run('caiso-oasis', '2026-01-01T00:00:00Z', '2026-04-01T00:00:00Z', 1);
    expect(cut).toMatchObject({ complete: false, chunks: 3 });
    const rest = await run('caiso-oasis', '2026-01-01T00:00:00Z', '2026-04-01T00:00:00Z');
    expect(rest).toMatchObject({ complete: true, skipped: 1, revised: 0 });
    const again = await run('caiso-oasis', '2026-01-01T00:00:00Z', '2026-04-01T00:00:00Z');
    expect(again).toMatchObject({ complete: true, skipped: 3, published: 0 });
    const records = decoded(harness.log, 'demand.observed');
    expect(records).toHaveLength(90 * 24 * Object.keys(AREAS).length);
    for (const { zone, validTime, demandMw, revision, availableAt } of records) {
      expect(demandMw).toBe(finalAreaMw(zone, Date.parse(validTime)));
      expect(revision).toBe(0);
      expect(Date.parse(availableAt)).toBe(Date.parse(validTime) + 3_600_000);
    }
    expect(harness.fakes.oasis.requests).toHaveLength(3);
    expect(shortestPauseMs(harness.fakes.oasis)).toBeGreaterThanOrEqual(5000);
  });

  it('fetches weather from the archive, hour by hour', async () => {
    harness = await Harness.start(NOW);
    await run('open-meteo', '2026-05-01T00:00:00Z', '2026-06-20T00:00:00Z');
    const zone = decoded(harness.log, 'weather.observed').filter((record) => record.zone === 'VEA-TAC');
    expect(zone).toHaveLength(50 * 24);
    expect(new Set(zone.map(({ source }) => source))).toEqual(new Set(['open-meteo-archive']));
  });

  it('takes the days that the archive lacks from the joined forecasts', async () => {
    harness = await Harness.start(NOW);
    await run('open-meteo', '2026-06-20T00:00:00Z', '2026-07-01T12:00:00Z');
    const zone = decoded(harness.log, 'weather.observed').filter((record) => record.zone === 'VEA-TAC');
    expect(zone).toHaveLength(11 * 24 + 12);
    for (const { validTime, temperatureC: found, source, availableAt } of zone) {
      const isArchived = validTime < '2026-06-26T00:00:00.000Z';
      expect(source).toBe(isArchived ? 'open-meteo-archive' : 'open-meteo-historical-forecast');
      expect(found).toBe(temperatureC(36.21, Date.parse(validTime)));
      expect(availableAt).toBe(validTime);
    }
  });

  it('rebuilds weather forecasts as they were known, never from a later run', async () => {
    harness = await Harness.start(NOW);
    await run('open-meteo', '2026-05-01T00:00:00Z', '2026-05-11T00:00:00Z');
    const runs = decoded(harness.log, 'weather.forecast').filter((record) => record.zone === 'VEA-TAC');
    expect(runs.map(({ issuedAt }) => issuedAt)).toEqual(
      Array.from({ length: 40 }, (_, i) =>
        new Date(Date.parse('2026-05-01T00:00:00Z') + i * 6 * HOUR_MS).toISOString(),
      ),
    );
    for (const { issuedAt, availableAt, points } of runs) {
      expect(availableAt).toBe(issuedAt);
      expect(points).toHaveLength(36);
      for (const point of points) {
        const leadHours = (Date.parse(point.validTime) - Date.parse(issuedAt)) / HOUR_MS;
        // In the fake a run of one day before is one degree warmer, one of two days before two.
        const age = (point.temperatureC ?? Number.NaN) - temperatureC(36.21, Date.parse(point.validTime));
        expect(age).toBeCloseTo(leadHours <= 18 ? 1 : 2, 9);
      }
    }
    const again = await run('open-meteo', '2026-05-01T00:00:00Z', '2026-05-11T00:00:00Z');
    expect(again).toMatchObject({ published: 0, skipped: 2 });
  });

  it('fails in plain words when the source is away, and keeps what it had', async () => {
    const away: Fault = { kind: 'reset', fromMs: NOW + 8_000, toMs: NOW + DAY_MS };
    harness = await Harness.start(NOW, [away]);
    await expect(run('caiso-oasis', '2026-01-01T00:00:00Z', '2026-04-01T00:00:00Z')).rejects.toThrow(
      /OASIS SLD_FCST ACTUAL cannot be reached/,
    );
    expect(decoded(harness.log, 'demand.observed').length).toBeGreaterThan(0);
  });

  const archive = sharedData('outlook_fixtures/dev_raw_2018_2019.tar.gz');

  it.skipIf(archive === null)(
    'of the raw day files of 2018 and 2019 gives the very series of the canonical CSV',
    async () => {
      const files = rawDays(archive!);
      const handler: Handler = ({ pathname }) => {
        const text = files.get(/history\/(\d{8})\/netdemand\.csv$/.exec(pathname)?.[1] ?? '');
        return text === undefined ? null : { body: text };
      };
      harness = await Harness.start(NOW, [], { handlers: { outlook: handler } });
      const report = await run('caiso-outlook', '2018-04-10T07:00:00Z', '2019-07-11T07:00:00Z');
      expect(report).toMatchObject({ complete: true, revised: 0, chunks: 457, empty: 457 - 283 });
      const expected = new Map<string, number>();
      const canonical = gunzipSync(
        readFileSync(sharedData('canonical/caiso-5min-2018-2019.demand.csv.gz')!),
      ).toString();
      for (const line of canonical.trim().split('\n').slice(1)) {
        const [zone, time, mw] = line.split(',');
        expected.set(`${zone}|${Date.parse(time!)}`, Number(mw));
      }
      const found = decoded(harness.log, 'demand.observed');
      expect(found).toHaveLength(expected.size);
      const wrong = found.filter(
        ({ zone, validTime, demandMw }) => expected.get(`${zone}|${Date.parse(validTime)}`) !== demandMw,
      );
      expect(wrong).toEqual([]);
    },
  );
});

function rawDays(archive: string): Map<string, string> {
  const names = execFileSync('tar', ['tzf', archive], { encoding: 'utf8' }).trim().split('\n');
  const days = names.filter((name) => name.includes('netdemand'));
  const all = execFileSync('tar', ['xzOf', archive, ...days], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return new Map(
    all.split(/(?=Net Demand \d\d\/\d\d\/\d{4},)/).map((text) => {
      const [, month, day, year] = /^Net Demand (\d\d)\/(\d\d)\/(\d{4})/.exec(text)!;
      return [`${year}${month}${day}`, text];
    }),
  );
}
