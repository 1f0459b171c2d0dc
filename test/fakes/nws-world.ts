import { HOUR_MS, MINUTE_MS } from '../../src/contracts/time.js';
import type { Handler } from './fake-source.js';
import { temperatureC } from './world.js';

/** What the fake of the National Weather Service publishes: stations report seven minutes before each hour. */

const REPORT_MS = 53 * MINUTE_MS;
/** From a report to its publication. */
const PUBLISHED_AFTER_MS = 5 * MINUTE_MS;
const RUN_MS = 3 * HOUR_MS;

/** Stations report this much above the grid, so that a test can tell where a value came from. */
export const STATION_OFFSET_C = 0.5;

/** Whole degrees Fahrenheit, as the hourly forecast gives them. */
export function forecastF(latitude: number, timeMs: number): number {
  return Math.round((temperatureC(latitude, timeMs) * 9) / 5 + 32);
}

/** @param silent stations that exist and report nothing */
export function nwsHandler(silent: readonly string[] = []): Handler {
  return ({ pathname, searchParams }, nowMs, headers) => {
    const type = 'application/geo+json';
    const answer = (body: object) => ({ type, body: JSON.stringify(body) });
    if (!/^power-nowcast\/\S+ \(.+\)$/.test(headers['user-agent'] ?? ''))
      return { status: 403, type: 'text/html', body: '<html>Access Denied</html>' };
    const point = /^\/points\/(-?[\d.]+),(-?[\d.]+)$/.exec(pathname);
    if (point !== null) {
      const latitude = Number(point[1]);
      if (latitude > 60) {
        const problem = { title: 'Data Unavailable For Requested Point', status: 404 };
        return { status: 404, type: 'application/problem+json', body: JSON.stringify(problem) };
      }
      const grid = `https://api.weather.gov/gridpoints/AAA/${latitude},1`;
      const properties = {
        forecastHourly: `${grid}/forecast/hourly`,
        observationStations: `${grid}/stations`,
      };
      return answer({ properties });
    }
    const grid = /^\/gridpoints\/AAA\/(-?[\d.]+),1\/(stations|forecast\/hourly)$/.exec(pathname);
    if (grid !== null)
      return answer(grid[2] === 'stations' ? stations(grid[1]!) : hourly(Number(grid[1]), nowMs));
    const station = /^\/stations\/(K([AB])(\d+))\/observations$/.exec(pathname);
    if (station === null) return null;
    const latitude = Number(station[3]) / 100;
    const fromMs = Date.parse(searchParams.get('start') ?? '');
    return answer(silent.includes(station[2]!) ? { features: [] } : observations(latitude, fromMs, nowMs));
  };
}

function stations(latitude: string): object {
  const digits = String(Math.round(Number(latitude) * 100));
  return { features: ['A', 'B'].map((name) => ({ properties: { stationIdentifier: `K${name}${digits}` } })) };
}

function hourly(latitude: number, nowMs: number): object {
  const issuedAtMs = Math.floor(nowMs / RUN_MS) * RUN_MS;
  const periods = Array.from({ length: 156 }, (_, hour) => {
    const timeMs = issuedAtMs + hour * HOUR_MS;
    // The service states local times.
    const startTime = new Date(timeMs - 7 * HOUR_MS).toISOString().replace('.000Z', '-07:00');
    return { startTime, temperature: forecastF(latitude, timeMs), temperatureUnit: 'F', windSpeed: '10 mph' };
  });
  return { properties: { updateTime: new Date(issuedAtMs).toISOString(), periods } };
}

/** The newest first; one report that the service's own quality control refused is among them. */
function observations(latitude: number, fromMs: number, nowMs: number): object {
  const features: object[] = [];
  const lastMs = Math.floor((nowMs - PUBLISHED_AFTER_MS - REPORT_MS) / HOUR_MS) * HOUR_MS + REPORT_MS;
  for (let ms = lastMs; ms >= fromMs; ms -= HOUR_MS) {
    features.push(observation(ms - 20 * MINUTE_MS, 99, 'X'), observation(ms, observedC(latitude, ms), 'V'));
  }
  return { features };
}

/** What the station reports for the hour that follows its report. */
export function observedC(latitude: number, reportMs: number): number {
  const hourMs = Math.round(reportMs / HOUR_MS) * HOUR_MS;
  return Math.round(10 * (temperatureC(latitude, hourMs) + STATION_OFFSET_C)) / 10;
}

function observation(timeMs: number, value: number, qualityControl: string): object {
  return {
    properties: {
      timestamp: new Date(timeMs).toISOString().replace('.000Z', '+00:00'),
      temperature: { unitCode: 'wmoUnit:degC', value, qualityControl },
      windSpeed: { unitCode: 'wmoUnit:km_h-1', value: null, qualityControl: 'Z' },
    },
  };
}
