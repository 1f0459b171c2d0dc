import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { gunzipSync } from 'node:zlib';
import { HOUR_MS, MINUTE_MS } from '../../src/contracts/time.js';
import type { Handler } from '../fakes/fake-source.js';
import { Harness, shortestPauseMs } from '../fakes/harness.js';
import { finalMw, fuelMw, FUELS, HUBS, isCorrected, netOf, renewableMw } from '../fakes/world.js';
import { sharedData } from '../shared-data.js';
import { zipOf } from '../sources/zip.js';
import { decoded } from './memory-log.js';

const STEP_MS = 5 * MINUTE_MS;
let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

describe("the supply side of Today's Outlook", () => {
  it('net demand and fuels of every interval once, corrected ones with their revision, kinds apart', async () => {
    const start = Date.parse('2026-07-01T10:00:00Z');
    const outage = { kind: 'reset', fromMs: start + HOUR_MS, toMs: start + 4 * HOUR_MS } as const;
    harness = await Harness.start(start, [outage]);
    await harness.run('caiso-outlook-supply', start, start + 8 * HOUR_MS);
    const records = decoded(harness.log, 'supply.observed');
    expect(new Set(records.map(({ kind, zone, area }) => `${kind} ${zone} ${area}`))).toEqual(
      new Set(['actual CA ISO-TAC null']),
    );
    const wrong: string[] = [];
    let corrections = 0;
    for (let ms = start - 3 * HOUR_MS; ms < start + 7.5 * HOUR_MS; ms += STEP_MS) {
      const shown = (mw: number): Record<string, object> => ({
        'outlook-net-demand': { 'net-demand': netOf(mw) },
        'outlook-fuel-mix': Object.fromEntries(
          Object.entries(FUELS).map(([name, share]) => [
            name.toLowerCase().replace(' ', '-'),
            fuelMw(mw, share),
          ]),
        ),
      });
      for (const [product, right] of Object.entries(shown(finalMw(ms)))) {
        const found = records.filter((r) => Date.parse(r.validTime) === ms && r.product === product);
        const said = found.map((r) => `${JSON.stringify(r.valuesMw)}@${r.revision}`).join(' ');
        const first = JSON.stringify(shown(finalMw(ms) + 37)[product]);
        const last = JSON.stringify(right);
        const allowed = [`${last}@0`, ...(isCorrected(ms) ? [`${first}@0 ${last}@1`] : [])];
        if (said.includes('@1')) corrections++;
        if (!allowed.includes(said)) wrong.push(`${product} ${new Date(ms).toISOString()}: ${said}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(corrections).toBeGreaterThan(0);
    const forecasts = decoded(harness.log, 'supply.forecast');
    expect(new Set(forecasts.map((r) => `${r.kind} ${r.product} ${r.issuedAt}`))).toEqual(
      new Set(['forecast outlook-net-demand null']),
    );
    // Its demand column is that of demand.csv, which is collected from there.
    expect(decoded(harness.log, 'demand.observed')).toEqual([]);
    expect(shortestPauseMs(harness.fakes.outlook)).toBeGreaterThanOrEqual(1000);
  });
});

describe('what CAISO itself forecasts', () => {
  it('wind and solar by hub go to the topic of supply forecasts, each hour once', async () => {
    const start = Date.parse('2026-07-01T10:00:00Z');
    harness = await Harness.start(start);
    await harness.run('caiso-oasis', start, start + 2 * HOUR_MS);
    const records = decoded(harness.log, 'supply.forecast');
    expect(new Set(records.map(({ area }) => area))).toEqual(new Set(Object.keys(HUBS)));
    const keys = records.map(({ area, validTime }) => `${area} ${validTime}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThanOrEqual(72 * 3);
    for (const { area, validTime, valuesMw, product, zone, issuedAt, stepMinutes } of records) {
      const ms = Date.parse(validTime);
      expect(valuesMw).toEqual({
        solar: renewableMw(area!, 'Solar', ms),
        wind: renewableMw(area!, 'Wind', ms),
      });
      expect([product, zone, issuedAt, stepMinutes]).toEqual(['caiso-ren-dam', 'CA ISO-TAC', null, 60]);
    }
    expect(decoded(harness.log, 'supply.observed')).toEqual([]);
  });

  const week = sharedData('oasis_fixtures/20250219_20250227_SLD_FCST_7DA_20250221_01_09_58_v1.zip');
  const wind = sharedData('oasis_fixtures/20250204_20250211_SLD_REN_FCST_DAM_20250214_04_52_10_v1.zip');
  const noData = sharedData('oasis_fixtures/error_1000_no_data.xml');
  const realTime = sharedData('caiso_rtm5min_brannn/caiso_sld_fcst_rtm_5min_20250829_20250902.csv.gz');

  it.skipIf(week === null)('of the recorded answers never becomes a measured value', async () => {
    const now = Date.parse('2025-02-20T12:00:00Z');
    const none = zipOf('INVALID_REQUEST.xml', readFileSync(noData!, 'utf8'));
    const recorded: Handler = ({ searchParams }) => {
      const run = `${searchParams.get('queryname')} ${searchParams.get('market_run_id')}`;
      const body =
        run === 'SLD_FCST 7DA'
          ? readFileSync(week!)
          : run === 'SLD_REN_FCST DAM'
            ? readFileSync(wind!)
            : none;
      return { type: 'application/x-zip-compressed', body };
    };
    harness = await Harness.start(now, [], { handlers: { oasis: recorded } });
    await harness.run('caiso-oasis', now, now + HOUR_MS);
    expect(harness.failures).toEqual([]);
    expect(decoded(harness.log, 'demand.observed')).toEqual([]);
    const records = decoded(harness.log, 'demand.forecast');
    expect(new Set(records.map(({ product }) => product))).toEqual(new Set(['caiso-7da']));
    expect(new Set(records.map(({ zone }) => zone))).toEqual(
      new Set(['CA ISO-TAC', 'PGE-TAC', 'SCE-TAC', 'SDGE-TAC', 'VEA-TAC', 'MWD-TAC']),
    );
    const at = (zone: string, validTime: string) =>
      records.filter((r) => r.zone === zone && r.validTime === validTime);
    // Read by eye from the file.
    expect(at('PGE-TAC', '2025-02-21T01:00:00.000Z')).toMatchObject([{ stepMinutes: 60, revision: 0 }]);
    expect(at('VEA-TAC', '2025-02-26T23:00:00.000Z')).toMatchObject([{ demandMw: 60.78 }]);
    for (const { issuedAt, availableAt, kind } of records) {
      expect(kind).toBe('forecast');
      // The report does not say when it was issued; it is known from the moment it was fetched.
      expect(issuedAt).toBeNull();
      expect(Date.parse(availableAt)).toBeGreaterThanOrEqual(now);
    }
    // What was asked for, not all of the file.
    expect(decoded(harness.log, 'supply.forecast')).toEqual([]);
  });

  it.skipIf(realTime === null)(
    'in real time keeps its five minutes, and leaves out the other balancing areas',
    async () => {
      const now = Date.parse('2025-08-30T12:02:00Z');
      // utc_start,resource_name,zone,mw: the values as recorded, in the layout of OASIS.
      const values = new Map<string, number>();
      for (const line of gunzipSync(readFileSync(realTime!)).toString().trim().split('\n').slice(1)) {
        const [start, resource, , mw] = line.split(',');
        values.set(`${resource} ${Date.parse(start!)}`, Number(mw));
      }
      const recorded: Handler = ({ searchParams }) => {
        const bound = (name: string) =>
          Date.parse(searchParams.get(name)!.replace(/^(\d{4})(\d\d)(\d\d)T(.*)-0000$/, '$1-$2-$3T$4Z'));
        const rows = [...values].filter(([key]) => {
          const ms = Number(key.slice(key.lastIndexOf(' ') + 1));
          return ms >= bound('startdatetime') && ms < bound('enddatetime');
        });
        const body =
          searchParams.get('market_run_id') === 'RTM' && rows.length > 0
            ? zipOf('r.csv', fiveMinutesCsv(rows))
            : zipOf('INVALID_REQUEST.xml', readFileSync(noData!, 'utf8'));
        return { type: 'application/x-zip-compressed', body };
      };
      harness = await Harness.start(now, [], { handlers: { oasis: recorded } });
      await harness.run('caiso-oasis', now, now + 2 * HOUR_MS);
      expect(harness.failures).toEqual([]);
      expect(decoded(harness.log, 'demand.observed')).toEqual([]);
      const records = decoded(harness.log, 'demand.forecast');
      const whole = records.filter(({ zone }) => zone === 'CA ISO-TAC');
      expect(new Set(whole.map(({ product, stepMinutes }) => `${product} ${stepMinutes}`))).toEqual(
        new Set(['caiso-rtm-5min 5']),
      );
      const times = whole.map(({ validTime }) => validTime);
      expect(new Set(times).size).toBe(times.length);
      for (const { zone, validTime, demandMw } of records)
        expect(demandMw).toBe(values.get(`${zone} ${Date.parse(validTime)}`));
      expect(whole.length).toBeGreaterThanOrEqual((4 * HOUR_MS) / STEP_MS);
    },
  );
});

function fiveMinutesCsv(rows: readonly (readonly [key: string, mw: number])[]): string {
  const time = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}-00:00`;
  const lines = rows.map(([key, mw]) => {
    const at = key.lastIndexOf(' ');
    const ms = Number(key.slice(at + 1));
    return `${time(ms)},${time(ms + STEP_MS)},RTM,${key.slice(0, at)},SYS_FCST_5MIN_MW,${mw}`;
  });
  const header = 'INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,MARKET_RUN_ID,TAC_AREA_NAME,XML_DATA_ITEM,MW';
  return [header, ...lines, ''].join('\n');
}
