import { asArray, asObject, asText, type JsonObject, parseJson } from '../parse-json.js';
import { jsonNumber } from '../parse-number.js';
import { type Parsed, Problems } from '../parsed.js';
import { SourceError } from '../source-error.js';
import { isKnown, NO_WEATHER, type WeatherVariable } from '../weather-units.js';
import { type PlaceWeather, unknownUnit, weatherReader } from '../weather-reading.js';

export type OpenMeteoBlock = 'hourly' | 'minutely_15' | 'current';

/** Names of the variables, the older ones too. */
const VARIABLES: Readonly<Record<string, WeatherVariable>> = {
  temperature_2m: 'temperatureC',
  relative_humidity_2m: 'humidityPct',
  relativehumidity_2m: 'humidityPct',
  wind_speed_10m: 'windMs',
  windspeed_10m: 'windMs',
  cloud_cover: 'cloudPct',
  cloudcover: 'cloudPct',
  shortwave_radiation: 'shortwaveWm2',
};
/** The block `current_weather` of before `current`. */
const OLD_CURRENT: Readonly<Record<string, WeatherVariable>> = {
  temperature: 'temperatureC',
  windspeed: 'windMs',
};
const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/**
 * Reads an answer of Open-Meteo (forecast, archive or historical forecast; one place or several) into values by place
 * and time, in rising time. Units are converted by what the answer states.
 * @param suffix of the variables' names, as previous runs have (`_previous_day1`)
 * @throws SourceError invalid_request with the reason the service gives, no_data when the block is not in the answer,
 * damaged or unexpected_content when it is not such an answer
 */
export function parseOpenMeteo(
  text: string,
  block: OpenMeteoBlock,
  what: string,
  suffix = '',
): Parsed<PlaceWeather> {
  const body = parseJson(text, what);
  const places = Array.isArray(body) ? asArray(body) : [body];
  const problems = new Problems();
  const rows: PlaceWeather[] = [];
  places.forEach((answer, place) => {
    const object = asObject(answer);
    if (object['error'] === true) {
      const reason = asText(object['reason']) ?? 'no reason given';
      throw new SourceError('invalid_request', `${what}: ${reason.slice(0, 200)}`);
    }
    rows.push(...placeRows(object, place, { block, what, suffix }, problems));
  });
  if (rows.length === 0 && !places.some((answer) => hasBlock(asObject(answer), block)))
    throw new SourceError('no_data', `${what} has no ${block} values`);
  return { rows, problems: problems.list() };
}

interface Reading {
  readonly block: OpenMeteoBlock;
  readonly what: string;
  readonly suffix: string;
}

function suffixed(suffix: string): Readonly<Record<string, WeatherVariable>> {
  if (suffix === '') return VARIABLES;
  return Object.fromEntries(Object.entries(VARIABLES).map(([name, variable]) => [name + suffix, variable]));
}

function hasBlock(answer: JsonObject, block: OpenMeteoBlock): boolean {
  return block in answer || (block === 'current' && 'current_weather' in answer);
}

function placeRows(
  answer: JsonObject,
  place: number,
  { block, what, suffix }: Reading,
  problems: Problems,
): PlaceWeather[] {
  if (!hasBlock(answer, block)) return [];
  const offsetS = jsonNumber(answer['utc_offset_seconds']);
  if (!Number.isInteger(offsetS) || Math.abs(offsetS) > 86_400)
    throw new SourceError('unexpected_content', `${what} states no UTC offset`);
  const isOld = !(block in answer);
  const name = isOld ? 'current_weather' : block;
  const data = asObject(answer[name]);
  const units = asObject(answer[`${name}_units`]);
  const times = (block === 'current' ? [data['time']] : asArray(data['time'])).map((time) =>
    parseTime(time, offsetS, units['time'] === 'unixtime'),
  );
  const columns = columnsOf(data, units, isOld ? OLD_CURRENT : suffixed(suffix), times.length, problems);
  return times
    .flatMap((timeMs, i) => {
      if (Number.isNaN(timeMs)) {
        problems.add(`${name}.time ${i + 1}`, 'not a time');
        return [];
      }
      const values = { ...NO_WEATHER };
      for (const [variable, column] of columns)
        Object.assign(values, { [variable]: column[i] ?? Number.NaN });
      return isKnown(values) ? [{ place, timeMs, values }] : [];
    })
    .sort((a, b) => a.timeMs - b.timeMs)
    .filter((row, i, all) => {
      const isRepeated = all[i - 1]?.timeMs === row.timeMs;
      if (isRepeated) problems.add(`${name}.time`, `${new Date(row.timeMs).toISOString()} is there twice`);
      return !isRepeated;
    });
}

function columnsOf(
  data: JsonObject,
  units: JsonObject,
  names: Readonly<Record<string, WeatherVariable>>,
  length: number,
  problems: Problems,
): Map<WeatherVariable, Float64Array> {
  const columns = new Map<WeatherVariable, Float64Array>();
  for (const [name, variable] of Object.entries(names)) {
    if (!(name in data)) continue;
    const raw = Array.isArray(data[name]) ? asArray(data[name]) : [data[name]];
    const unit = asText(units[name]) ?? '';
    const read = weatherReader(variable, unit);
    if (read === null) problems.add(name, unknownUnit(unit));
    else if (raw.length !== length) problems.add(name, `${raw.length} values for ${length} times`);
    else
      columns.set(
        variable,
        Float64Array.from(raw, (value) => read(value, name, problems)),
      );
  }
  return columns;
}

/** `timeformat=unixtime` or local ISO times, which the stated offset makes instants. */
function parseTime(time: unknown, offsetS: number, isUnix: boolean): number {
  if (isUnix) return typeof time === 'number' && Number.isInteger(time) ? time * 1000 : Number.NaN;
  if (typeof time !== 'string' || !LOCAL_TIME.test(time)) return Number.NaN;
  return Date.parse(`${time}:00Z`) - offsetS * 1000;
}
