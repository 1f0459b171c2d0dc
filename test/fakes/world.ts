import { HOUR_MS, MINUTE_MS } from '../../src/contracts/time.js';
import { addDays, WallClock, wallMsOf } from '../../src/sources/wall-clock.js';
import { zipOf } from '../sources/zip.js';
import type { Handler } from './fake-source.js';

/** What the fakes publish: synthesised, and known to the last digit. */

export const clock = new WallClock('America/Los_Angeles');
const STEP_MS = 5 * MINUTE_MS;
const PUBLISHED_AFTER_MS = 2 * MINUTE_MS;
const CORRECTED_AFTER_MS = 40 * MINUTE_MS;

export function finalMw(startMs: number): number {
  const slot = startMs / STEP_MS;
  return 24_000 + Math.round(4000 * Math.sin((2 * Math.PI * slot) / 288)) + (slot % 7);
}

/** Every 50th value is corrected 40 minutes after its interval. */
export function isCorrected(startMs: number): boolean {
  return (startMs / STEP_MS) % 50 === 0;
}

/** What the operator shows of an interval at a moment; null before it is published. */
export function shownMw(startMs: number, nowMs: number): number | null {
  const endMs = startMs + STEP_MS;
  if (nowMs < endMs + PUBLISHED_AFTER_MS) return null;
  return isCorrected(startMs) && nowMs < endMs + CORRECTED_AFTER_MS
    ? finalMw(startMs) + 37
    : finalMw(startMs);
}

/** Fuels as shares of demand, and what they show in fuelsource.csv. */
export const FUELS = { Solar: 0.25, 'Natural Gas': 0.5, Batteries: -0.05 } as const;

/** Columns of each file after `Time`: what the operator shows of an interval, given its demand or null. */
const FILES: Readonly<Record<string, Readonly<Record<string, (mw: number | null) => number | string>>>> = {
  demand: {
    'Day ahead forecast': () => 26_000,
    'Hour ahead forecast': () => '',
    'Current demand': (mw) => mw ?? '',
    'Demand response': () => '',
  },
  netdemand: {
    'Hour ahead forecast': () => '',
    Demand: (mw) => mw ?? '',
    'Net demand': (mw) => netOf(mw) ?? '',
    'Net demand forecast': () => 19_000,
  },
  fuelsource: Object.fromEntries(
    Object.entries(FUELS).map(([name, share]) => [
      name,
      (mw: number | null) => (mw === null ? '' : fuelMw(mw, share)),
    ]),
  ),
};

export function fuelMw(demandMw: number, share: number): number {
  return Math.round(share * demandMw);
}

export function netOf(demandMw: number | null): number | null {
  return demandMw === null ? null : demandMw - fuelMw(demandMw, FUELS.Solar);
}

/** A day file: 289 labels on the wall clock; of an hour that the clock shows twice the later pass replaces the first. */
export function dayFile(date: string, nowMs: number, file = 'demand'): string {
  const columns = FILES[file] ?? {};
  const lines = Array.from({ length: 289 }, (_, i) => {
    const minute = (i * 5) % 1440;
    const label = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    const wallMs = wallMsOf(i === 288 ? addDays(date, 1) : date) + minute * MINUTE_MS;
    const shown = clock
      .instantsOf(wallMs)
      .map((endMs) => shownMw(endMs - STEP_MS, nowMs))
      .filter((mw) => mw !== null);
    return [label, ...Object.values(columns).map((column) => column(shown.at(-1) ?? null))].join(',');
  });
  return [['Time', ...Object.keys(columns)].join(','), ...lines, ''].join('\n');
}

export const outlookHandler: Handler = ({ pathname }, nowMs) => {
  const found = /^\/outlook\/(?:current|history\/(\d{4})(\d\d)(\d\d))\/(\w+)\.csv$/.exec(pathname);
  if (found === null || FILES[found[4]!] === undefined) return null;
  const [, year, month, day, file] = found;
  const today = clock.dateOf(nowMs);
  if (year !== undefined) {
    const date = `${year}-${month}-${day}`;
    return date < today ? { body: dayFile(date, nowMs, file) } : null;
  }
  const body = dayFile(today, nowMs, file);
  const etag = `"${Buffer.from(body).toString('base64').length}-${body.length}-${Math.floor(nowMs / 60_000)}"`;
  return { body, etag };
};

const NO_DATA = `<?xml version="1.0"?><m:OASISReport xmlns:m="x"><m:RTO><m:ERROR><m:ERR_CODE>1000</m:ERR_CODE><m:ERR_DESC>No data returned for the specified selection</m:ERR_DESC></m:ERROR></m:RTO></m:OASISReport>`;
const HEADER =
  'INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,LOAD_TYPE,OPR_DT,OPR_HR,OPR_INTERVAL,MARKET_RUN_ID,TAC_AREA_NAME,LABEL,XML_DATA_ITEM,POS,MW,EXECUTION_TYPE,GROUP';
export const AREAS: Readonly<Record<string, number>> = {
  'PGE-TAC': 11_000,
  'SCE-TAC': 12_000,
  'SDGE-TAC': 2_200,
  'VEA-TAC': 80,
  'MWD-TAC': 150,
};

export function finalAreaMw(area: string, startMs: number): number {
  return (AREAS[area] ?? 0) + ((startMs / HOUR_MS) % 24);
}

/** Every 17th hour is corrected five hours later. */
export function isAreaCorrected(startMs: number): boolean {
  return (startMs / HOUR_MS) % 17 === 0;
}

function shownAreaMw(area: string, startMs: number, nowMs: number): number | null {
  const endMs = startMs + HOUR_MS;
  if (nowMs < endMs + 30 * MINUTE_MS) return null;
  return finalAreaMw(area, startMs) + (isAreaCorrected(startMs) && nowMs < endMs + 5 * HOUR_MS ? 3 : 0);
}

/** Wind and solar of the hubs a day ahead. */
export const HUBS: Readonly<Record<string, number>> = { NP15: 500, SP15: 1500, ZP26: 300 };

export function renewableMw(hub: string, fuel: 'Solar' | 'Wind', startMs: number): number {
  return (HUBS[hub] ?? 0) * (fuel === 'Solar' ? 2 : 1) + ((startMs / HOUR_MS) % 24);
}

function renewables(fromMs: number, toMs: number): string {
  const header = HEADER.replace('TAC_AREA_NAME', 'TRADING_HUB').replace('LABEL', 'RENEWABLE_TYPE');
  const lines: string[] = [];
  for (let startMs = fromMs; startMs < toMs; startMs += HOUR_MS)
    for (const hub of Object.keys(HUBS))
      for (const fuel of ['Solar', 'Wind'] as const) {
        const mw = renewableMw(hub, fuel, startMs);
        lines.push(
          `${gmt(startMs)},${gmt(startMs + HOUR_MS)},0,x,1,0,DAM,${hub},${fuel},RENEW_FCST_DA_MW,1,${mw},DAM,1`,
        );
      }
  return [header, ...lines, ''].join('\n');
}

export const oasisHandler: Handler = ({ searchParams }, nowMs) => {
  const run = searchParams.get('market_run_id');
  const fromMs = timeOf(searchParams.get('startdatetime'));
  const toMs = timeOf(searchParams.get('enddatetime'));
  const type = 'application/x-zip-compressed';
  if (toMs - fromMs > 31 * 24 * HOUR_MS)
    return { type, body: zipOf('e.xml', NO_DATA.replace('1000', '1004')) };
  if (searchParams.get('queryname') === 'SLD_REN_FCST')
    return { type, body: zipOf('r.csv', renewables(fromMs, toMs)) };
  const lines: string[] = [];
  if (run === 'ACTUAL') {
    for (let startMs = fromMs; startMs < toMs; startMs += HOUR_MS) {
      // Portland General is called PGE; it is not PGE-TAC.
      for (const area of [...Object.keys(AREAS), 'PGE', 'LADWP']) {
        const mw = shownAreaMw(area, startMs, nowMs);
        if (mw !== null)
          lines.push(
            `${gmt(startMs)},${gmt(startMs + HOUR_MS)},0,x,1,0,ACTUAL,${area},Total Actual Hourly Integrated Load,SYS_FCST_ACT_MW,1,${mw},ACTUAL,1`,
          );
      }
    }
  }
  if (lines.length === 0) return { type, body: zipOf('e.xml', NO_DATA) };
  lines.sort((a, b) => (a.length * 7919 + a.charCodeAt(12) < b.length * 7919 + b.charCodeAt(12) ? 1 : -1));
  return { type, body: zipOf('r.csv', [HEADER, ...lines, ''].join('\n')) };
};

function gmt(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}-00:00`;
}

function timeOf(text: string | null): number {
  const [, y, m, d, time] = /^(\d{4})(\d\d)(\d\d)T(\d\d:\d\d)-0000$/.exec(text ?? '') ?? [];
  return Date.parse(`${y}-${m}-${d}T${time}:00Z`);
}

/** Degrees by place and hour; forecasts change with each six-hour run. */
export const openMeteoHandler: Handler = ({ searchParams, pathname }, nowMs) => {
  const latitudes = (searchParams.get('latitude') ?? '').split(',').map(Number);
  const dayMs = 24 * HOUR_MS;
  const today = Math.floor(nowMs / dayMs) * dayMs;
  const startDate = searchParams.get('start_date');
  const fromMs =
    startDate === null ? today - Number(searchParams.get('past_days')) * dayMs : Date.parse(startDate);
  const toMs =
    startDate === null
      ? today + Number(searchParams.get('forecast_days')) * dayMs
      : Date.parse(searchParams.get('end_date')!) + dayMs;
  // The archive is five days behind.
  const isArchived = (ms: number): boolean => pathname !== '/v1/archive' || ms < today - 5 * dayMs;
  const times = Array.from({ length: (toMs - fromMs) / HOUR_MS }, (_, i) => fromMs + i * HOUR_MS);
  const run = Math.floor(nowMs / (6 * HOUR_MS)) % 10;
  const body = latitudes.map((latitude) => ({
    utc_offset_seconds: 0,
    timezone: 'GMT',
    hourly_units: {
      time: 'iso8601',
      temperature_2m: '°C',
      temperature_2m_previous_day1: '°C',
      temperature_2m_previous_day2: '°C',
    },
    hourly: {
      time: times.map((ms) => new Date(ms).toISOString().slice(0, 16)),
      ...(searchParams.get('hourly')!.includes('previous_day')
        ? {
            // The older the run, the warmer.
            temperature_2m_previous_day1: times.map((ms) => temperatureC(latitude, ms) + 1),
            temperature_2m_previous_day2: times.map((ms) => temperatureC(latitude, ms) + 2),
          }
        : {
            temperature_2m: times.map((ms) =>
              isArchived(ms) ? temperatureC(latitude, ms) + (ms > nowMs ? run / 10 : 0) : null,
            ),
          }),
    },
  }));
  return { type: 'application/json', body: JSON.stringify(body) };
};

export function temperatureC(latitude: number, epochMs: number): number {
  return Math.round(10 * (50 - latitude + ((epochMs / HOUR_MS) % 24) / 2)) / 10;
}
