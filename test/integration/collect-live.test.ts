import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { DAY_MS, HOUR_MS } from '../../src/contracts/time.js';
import { examine } from '../../src/roles/doctor.js';
import { openEmbeddedLog } from '../../src/log/embedded-log.js';
import { openLocalCodec } from '../../src/log/local-codec.js';
import { type Fault, FakeSource } from '../fakes/fake-source.js';
import { nwsHandler } from '../fakes/nws-world.js';
import { finalAreaMw, oasisHandler, openMeteoHandler, outlookHandler } from '../fakes/world.js';
import { Cli, run } from './support/cli.js';

const COLLECTING = { NOWCAST_COLLECT: 'on' };
/** Of the pauses that real sources are given. */
const PAUSE_SCALE = 0.02;
let dir: string;
let config: string;
const faults: Fault[] = [];
let fakes: Record<'outlook' | 'oasis' | 'weather' | 'nws', FakeSource>;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-live-'));
  fakes = {
    outlook: await FakeSource.start(outlookHandler, Date.now),
    oasis: await FakeSource.start(oasisHandler, Date.now),
    weather: await FakeSource.start(openMeteoHandler, Date.now, faults),
    nws: await FakeSource.start(nwsHandler(), Date.now),
  };
  const point = { name: 'Fresno', latitude: 36.74, longitude: -119.79, weight: 1 };
  const zone = { zone: 'PGE-TAC', timeZone: 'America/Los_Angeles', stepMinutes: 60 };
  config = path.join(dir, 'config.json');
  const sources = {
    caisoOutlookUrl: fakes.outlook.url,
    caisoOasisUrl: fakes.oasis.url,
    openMeteoUrl: fakes.weather.url,
    openMeteoArchiveUrl: fakes.weather.url,
    openMeteoHistoricalForecastUrl: fakes.weather.url,
    openMeteoPreviousRunsUrl: fakes.weather.url,
    nwsUrl: fakes.nws.url,
    initialBackfillDays: 0,
    pauseScale: PAUSE_SCALE,
  };
  const zones = [{ ...zone, source: { kind: 'caiso-oasis' }, weatherPoints: [point] }];
  writeFileSync(config, JSON.stringify({ zones, sources, training: { daily: null, weekly: null } }));
});
afterAll(async () => {
  for (const fake of Object.values(fakes)) await fake.stop();
  rmSync(dir, { recursive: true, force: true });
});

const args = (data: string): string[] => ['--config', config, '--data-dir', path.join(dir, data)];

describe('doctor', () => {
  it('asks each source, says what it has, and exits 1 with advice when one is away', async () => {
    const settings = loadConfig({ config, dataDir: path.join(dir, 'doctor') });
    const lines = async (enabled: boolean): Promise<string> => {
      const found = await examine({ ...settings, sources: { ...settings.sources, enabled } });
      return found.map(({ ok, name, detail }) => `${ok ? 'ok' : 'FAIL'} ${name}: ${detail}`).join('\n');
    };
    const well = await lines(true);
    expect(well).toMatch(/^ok source caiso-oasis: answers in \d+ ms; \d+ measured values .* newest of 20/m);
    expect(well).toMatch(/^ok source open-meteo: answers in \d+ ms; 48 hours of weather/m);
    expect(well).toMatch(/^ok source nws: answers in \d+ ms; forecast of 156 hours .*issued 20/m);
    expect(well).toMatch(/^ok inputs PGE-TAC: demand none of the last week/m);
    expect(await lines(false)).toMatch(/^ok sources: collecting is switched off/m);
    faults.push({ kind: 'html', fromMs: 0, toMs: Infinity });
    const ill = await run(['doctor', ...args('doctor')], COLLECTING);
    faults.length = 0;
    expect(ill.code).toBe(1);
    expect(ill.stdout).toMatch(
      /^FAIL {2}source open-meteo: .*"Scheduled maintenance"; .*check the address in `sources`$/m,
    );
    expect(ill.stdout).toMatch(/^ok {4}source caiso-oasis/m);
  });
});

interface Status {
  readonly sources: readonly {
    source: string;
    requests: Record<string, number>;
    lastSuccessAt: string | null;
  }[];
  readonly collectors: readonly { name: string; ok: boolean; nextAttemptAt: string | null }[];
  readonly checks: readonly { name: string; ok: boolean; detail: string }[];
}

describe('a backfill beside the running service, on one data directory', () => {
  it('writes each value once, keeps to one request at a time with its pause, and both go on', async () => {
    const up = new Cli(['up', ...args('shared'), '--port', '0'], COLLECTING);
    const [, url = ''] = await up.says(/power-nowcast: (http:\S+)/);
    fakes.oasis.requests.length = 0;
    const fromMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - 400 * DAY_MS;
    const from = new Date(fromMs).toISOString();
    const to = new Date(Date.now() + DAY_MS).toISOString();
    const filled = await run(
      ['backfill', '--source', 'caiso', '--no-weather', '--from', from, '--to', to, ...args('shared')],
      COLLECTING,
    );
    expect(filled.stderr).toMatch(/backfill/);
    expect(filled.code).toBe(0);
    const status = (await (await fetch(`${url}/v1/status`)).json()) as Status;
    const oasis = status.sources.find(({ source }) => source === 'caiso-oasis');
    expect(oasis?.lastSuccessAt).not.toBeNull();
    expect(oasis?.requests['ok']).toBeGreaterThan(0);
    expect(status.collectors.find(({ name }) => name === 'caiso-oasis ACTUAL')).toMatchObject({ ok: true });
    expect(status.checks.map(({ name }) => name)).toContain('inputs PGE-TAC');
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/nowcast_source_requests_total\{source="caiso-oasis",outcome="ok"\} [1-9]/);
    up.kill('SIGTERM');
    expect((await up.finished).code).toBe(0);

    // Requests of both processes; those of `up` ask for other runs than ACTUAL too.
    const { requests, mostOpen } = fakes.oasis;
    expect(mostOpen).toBe(1);
    expect(requests.length).toBeGreaterThan(14);
    const pauses = requests.slice(1).map(({ atMs }, i) => atMs - (requests[i]?.atMs ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(5_500 * PAUSE_SCALE);

    const log = await openEmbeddedLog({ dir: path.join(dir, 'shared', 'log') });
    const codec = await openLocalCodec({ dir: path.join(dir, 'shared') });
    await codec.register(['demand.observed']);
    const hours = new Map<number, string[]>();
    for (const { partition, low } of await log.watermarks('demand.observed'))
      for await (const { records } of log.read('demand.observed', partition, low))
        for (const { value } of records) {
          const decoded = codec.decode('demand.observed', value);
          if (!decoded.ok) throw new Error(decoded.message);
          const { validTime, demandMw, revision } = decoded.value;
          const ms = Date.parse(validTime);
          hours.set(ms, [...(hours.get(ms) ?? []), `${demandMw}@${revision}`]);
        }
    await log.close();
    const wrong: string[] = [];
    // The last hours may still be corrected.
    for (let ms = fromMs; ms < Date.now() - 8 * HOUR_MS; ms += HOUR_MS) {
      const found = hours.get(ms)?.join(' ') ?? 'nothing';
      if (found !== `${finalAreaMw('PGE-TAC', ms)}@0`) wrong.push(`${new Date(ms).toISOString()}: ${found}`);
    }
    expect(wrong).toEqual([]);
  });
});
