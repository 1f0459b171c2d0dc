import type { AccuracyBody } from '../../contracts/generated/rest-accuracy.js';
import type { AlertsBody } from '../../contracts/generated/rest-alerts.js';
import type { DemandForecastRangeBody } from '../../contracts/generated/rest-demand-forecasts.js';
import type { DemandRangeBody } from '../../contracts/generated/rest-demand.js';
import type { HistoryRangeBody } from '../../contracts/generated/rest-history.js';
import type { Nowcast } from '../../contracts/generated/nowcast.js';
import type { ModelsBody } from '../../contracts/generated/rest-models.js';
import type { Problem } from '../../contracts/generated/rest-problem.js';
import type { QualityBody } from '../../contracts/generated/rest-quality.js';
import type { StatusBody } from '../../contracts/generated/rest-status.js';
import type { SupplyRangeBody } from '../../contracts/generated/rest-supply.js';
import type { TrainingRunsBody } from '../../contracts/generated/rest-training-runs.js';
import type { WeatherRangeBody } from '../../contracts/generated/rest-weather.js';
import type { ZonesBody } from '../../contracts/generated/rest-zones.js';
import type { Access } from '../access.js';

const TIMEOUT_MS = 10_000;

/** What the page asks the server for. The server validates each body against the schema its type is generated from. */
export interface RestClient {
  zones(): Promise<ZonesBody>;
  demand(zone: string, fromMs: number, toMs: number): Promise<DemandRangeBody>;
  history(zone: string, horizonMinutes: number, fromMs: number, toMs: number): Promise<HistoryRangeBody>;
  weather(zone: string, fromMs: number, toMs: number): Promise<WeatherRangeBody>;
  forecasts(zone: string, fromMs: number, toMs: number): Promise<DemandForecastRangeBody>;
  /** What was measured of the supply side. */
  supply(zone: string, fromMs: number, toMs: number): Promise<SupplyRangeBody>;
  /** The zone's nowcast of the latest origin at or before the instant. */
  nowcastAt(zone: string, atMs: number): Promise<Nowcast>;
  /** Scores of one zone, or the last 24 h of every zone. */
  accuracy(zone: string | null): Promise<AccuracyBody>;
  models(): Promise<ModelsBody>;
  alerts(): Promise<AlertsBody>;
  /** The last seven days of every zone. */
  quality(): Promise<QualityBody>;
  status(): Promise<StatusBody>;
  trainingRuns(): Promise<TrainingRunsBody>;
}

type Get = <Body>(path: string, query?: Readonly<Record<string, string>>) => Promise<Body>;

function getter(access: Access): Get {
  return async <Body>(path: string, query: Readonly<Record<string, string>> = {}): Promise<Body> => {
    if (access.refused) throw new Error('the server wants a key first');
    const url = new URL(path, document.baseURI);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const sentKey = access.key;
    const response = await fetch(url, {
      headers: { accept: 'application/json', ...access.headers() },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return (await response.json()) as Body;
    const problem = await problemText(response, path);
    if (response.status === 401 || response.status === 403) access.refuse(problem, sentKey);
    throw new Error(problem);
  };
}

async function problemText(response: Response, path: string): Promise<string> {
  try {
    const problem = (await response.json()) as Partial<Problem>;
    return problem.detail ?? problem.title ?? `${path}: HTTP ${response.status}`;
  } catch {
    return `${path}: HTTP ${response.status}`;
  }
}

function range(fromMs: number, toMs: number): Record<string, string> {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

/** The REST API beside the page. Every call rejects with a sentence a person can read. */
export function restClient(access: Access): RestClient {
  const get = getter(access);
  return {
    zones: () => get('v1/zones'),
    demand: (zone, fromMs, toMs) => get(`v1/demand/${encodeURIComponent(zone)}`, range(fromMs, toMs)),
    history: (zone, horizonMinutes, fromMs, toMs) =>
      get(`v1/history/${encodeURIComponent(zone)}`, {
        ...range(fromMs, toMs),
        horizonMinutes: String(horizonMinutes),
      }),
    weather: (zone, fromMs, toMs) => get(`v1/weather/${encodeURIComponent(zone)}`, range(fromMs, toMs)),
    forecasts: (zone, fromMs, toMs) =>
      get(`v1/demand-forecasts/${encodeURIComponent(zone)}`, range(fromMs, toMs)),
    supply: (zone, fromMs, toMs) => get(`v1/supply/${encodeURIComponent(zone)}`, range(fromMs, toMs)),
    nowcastAt: (zone, atMs) =>
      get(`v1/nowcasts/${encodeURIComponent(zone)}`, { at: new Date(atMs).toISOString() }),
    accuracy: (zone) => get('v1/accuracy', zone === null ? { window: '24h' } : { zone }),
    models: () => get('v1/models'),
    alerts: () => get('v1/alerts', { state: 'all' }),
    quality: () => get('v1/quality', { days: '7' }),
    status: () => get('v1/status'),
    trainingRuns: () => get('v1/training-runs'),
  };
}
