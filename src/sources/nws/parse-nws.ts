import { parseIso } from '../../contracts/time.js';
import type { WeatherValues } from '../../features/input-event.js';
import { asArray, asObject, asText, type JsonObject, parseJson } from '../parse-json.js';
import { type Parsed, Problems } from '../parsed.js';
import { SourceError } from '../source-error.js';
import { isKnown, NO_WEATHER, rounded, unitConverter, type WeatherVariable } from '../weather-units.js';
import { type TimedWeather, unknownUnit, weatherReader } from '../weather-reading.js';

export interface NwsPoint {
  /** Paths of api.weather.gov; its own addresses are never followed to another host. */
  readonly hourlyPath: string;
  readonly stationsPath: string;
}

export interface NwsForecast extends Parsed<TimedWeather> {
  readonly issuedAtMs: number;
}

/** Share of the sky by METAR amount, percent: the middle of each class. */
const SKY_PCT: Readonly<Record<string, number>> = {
  CLR: 0,
  SKC: 0,
  FEW: 19,
  SCT: 44,
  BKN: 75,
  OVC: 100,
  VV: 100,
};
/** Failed or doubtful by the service's own quality control. */
const REFUSED_QC = new Set(['X', 'Q']);
const WIND = /^(\d{1,3})(?: to (\d{1,3}))? (mph|km\/h)$/;

/** Reads /points/{lat},{lon}. @throws SourceError damaged, unexpected_content, not_found */
export function parseNwsPoint(text: string, what: string): NwsPoint {
  const properties = propertiesOf(text, what);
  return {
    hourlyPath: pathOf(properties['forecastHourly'], 'forecastHourly', what),
    stationsPath: pathOf(properties['observationStations'], 'observationStations', what),
  };
}

/** Reads .../stations: the stations of a grid point, the nearest first. */
export function parseNwsStations(text: string, what: string): string[] {
  const features = asArray(bodyOf(text, what)['features']);
  return features.flatMap((feature) => {
    const id = asText(asObject(asObject(feature)['properties'])['stationIdentifier']);
    return id !== null && /^[A-Z0-9]{3,8}$/.test(id) ? [id] : [];
  });
}

/** Reads .../forecast/hourly: one run, in rising time. @throws SourceError */
export function parseNwsHourly(text: string, what: string): NwsForecast {
  const properties = propertiesOf(text, what);
  const issuedAtMs = timeOf(properties['updateTime'] ?? properties['updated']);
  if (Number.isNaN(issuedAtMs))
    throw new SourceError('unexpected_content', `${what} does not say when it was issued`);
  const problems = new Problems();
  const rows: TimedWeather[] = [];
  for (const [i, entry] of asArray(properties['periods']).entries()) {
    const period = asObject(entry);
    const timeMs = timeOf(period['startTime']);
    const where = `period ${i + 1}`;
    if (Number.isNaN(timeMs)) problems.add(where, 'its start is not a time');
    else if (timeMs <= (rows.at(-1)?.timeMs ?? -Infinity))
      problems.add(where, 'it does not come after the one before');
    else {
      const values = periodValues(period, where, problems);
      if (isKnown(values)) rows.push({ timeMs, values });
    }
  }
  return { issuedAtMs, rows, problems: problems.list() };
}

/** Reads /stations/{id}/observations, or one observation: rising in time, of two about one instant the fuller. */
export function parseNwsObservations(text: string, what: string): Parsed<TimedWeather> {
  const body = bodyOf(text, what);
  const features = 'features' in body ? asArray(body['features']) : [body];
  const problems = new Problems();
  const byTime = new Map<number, WeatherValues>();
  for (const [i, feature] of features.entries()) {
    const properties = asObject(asObject(feature)['properties']);
    const timeMs = timeOf(properties['timestamp']);
    const where = `observation ${i + 1}`;
    if (Number.isNaN(timeMs)) {
      problems.add(where, 'it has no time');
      continue;
    }
    const values = observationValues(properties, where, problems);
    const before = byTime.get(timeMs);
    if (isKnown(values)) byTime.set(timeMs, before === undefined ? values : fuller(before, values));
  }
  const rows = [...byTime]
    .map(([timeMs, values]) => ({ timeMs, values }))
    .sort((a, b) => a.timeMs - b.timeMs);
  return { rows, problems: problems.list() };
}

function periodValues(period: JsonObject, where: string, problems: Problems): WeatherValues {
  const unit = asText(period['temperatureUnit']) ?? '';
  const stated = asObject(period['temperature']);
  // Newer answers give the temperature as a quantity with its unit, older ones a number beside `temperatureUnit`.
  const temperature = 'value' in stated ? stated : { value: period['temperature'], unitCode: unit };
  return {
    ...NO_WEATHER,
    temperatureC: quantity(temperature, 'temperatureC', where, problems),
    humidityPct: quantity(period['relativeHumidity'], 'humidityPct', where, problems),
    windMs: windOf(period['windSpeed'], where, problems),
  };
}

function observationValues(properties: JsonObject, where: string, problems: Problems): WeatherValues {
  return {
    ...NO_WEATHER,
    temperatureC: quantity(properties['temperature'], 'temperatureC', where, problems),
    humidityPct: quantity(properties['relativeHumidity'], 'humidityPct', where, problems),
    windMs: quantity(properties['windSpeed'], 'windMs', where, problems),
    cloudPct: skyOf(properties['cloudLayers']),
  };
}

/** `{value, unitCode, qualityControl}`; NaN when it is missing, null, doubtful, or of a unit that is not known. */
function quantity(raw: unknown, variable: WeatherVariable, where: string, problems: Problems): number {
  const { value, qualityControl, unitCode } = asObject(raw);
  if (value === null || value === undefined) return Number.NaN;
  const what = `${where}, ${variable}`;
  if (REFUSED_QC.has((asText(qualityControl) ?? '').replace(/^qc:/, ''))) {
    problems.add(what, "it failed the service's own quality control");
    return Number.NaN;
  }
  const unit = asText(unitCode) ?? '';
  const read = weatherReader(variable, unit);
  if (read === null) {
    problems.add(what, unknownUnit(unit));
    return Number.NaN;
  }
  return read(value, what, problems);
}

/** Forecasts give wind as text: "10 mph", "5 to 10 mph" (its middle is taken). */
function windOf(raw: unknown, where: string, problems: Problems): number {
  if (typeof raw !== 'string') return quantity(raw, 'windMs', where, problems);
  const [, low, high = low, unit = ''] = WIND.exec(raw.trim()) ?? [];
  const convert = unitConverter('windMs', unit);
  if (low === undefined || convert === null) {
    problems.add(where, `not a wind speed: ${JSON.stringify(raw.slice(0, 40))}`);
    return Number.NaN;
  }
  return rounded(convert((Number(low) + Number(high)) / 2));
}

/** The densest layer; NaN when nothing is known of the sky (an empty list says nothing). */
function skyOf(layers: unknown): number {
  const known = asArray(layers).flatMap((layer) => SKY_PCT[asText(asObject(layer)['amount']) ?? ''] ?? []);
  return known.length === 0 ? Number.NaN : Math.max(...known);
}

function fuller(a: WeatherValues, b: WeatherValues): WeatherValues {
  const count = (values: WeatherValues): number =>
    Object.values(values).filter((value: number) => !Number.isNaN(value)).length;
  return count(b) > count(a) ? b : a;
}

function timeOf(value: unknown): number {
  try {
    return parseIso(asText(value) ?? '');
  } catch {
    return Number.NaN;
  }
}

function pathOf(value: unknown, field: string, what: string): string {
  const found = /^https?:\/\/[^/]+(\/[\w./,-]+)$/.exec(asText(value) ?? '')?.[1];
  if (found === undefined) throw new SourceError('unexpected_content', `${what} has no usable ${field}`);
  return found;
}

function propertiesOf(text: string, what: string): JsonObject {
  return asObject(bodyOf(text, what)['properties']);
}

function bodyOf(text: string, what: string): JsonObject {
  const body = asObject(parseJson(text, what));
  if ('properties' in body || 'features' in body) return body;
  const detail = asText(body['detail']) ?? asText(body['title']) ?? 'neither properties nor features';
  throw new SourceError('unexpected_content', `${what}: ${detail.slice(0, 200)}`);
}
