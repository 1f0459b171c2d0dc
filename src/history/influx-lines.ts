/**
 * InfluxDB line protocol of everything the history keeps. Built here, as the client's point objects cost three times as
 * much (9 against 3 microseconds a point, the rows themselves included), and a day of nowcasts is 17,000 points a zone.
 *
 * A point that is written again keeps the fields that the new one does not mention. So a value that can become unknown
 * travels with a field that says whether it is known (`banded`, `known`, `hasCoverage`, `hasSkill`), which every reader
 * must honour. Numbers that may be whole are floats all the same: InfluxDB fixes a field's type at its first point.
 */
import type {
  Accuracy,
  DemandObservation,
  Nowcast,
  NowcastStep,
  WeatherObservation,
} from '../contracts/records.js';
import { MINUTE_MS } from '../contracts/time.js';
import type { PipelinePoint } from './history-store.js';
import { quantileFields } from './influx-quantiles.js';
import { WEATHER_VARIABLES } from './point-codec.js';

/** Line protocol cannot carry a line break, nor a backslash at a tag's end; those (and % itself) go as %XX. */
const NOT_IN_TAGS = /[%\\\u0000-\u001f\u007f]/g;

/** The tag value that stands for a name in InfluxDB; the name itself but for %, backslash and control characters. */
export function tagValue(name: string): string {
  return name.replace(NOT_IN_TAGS, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

/** The name that a tag value stands for. */
export function nameOfTag(value: string): string {
  return value.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** A name as a tag in line protocol. */
export function tag(name: string): string {
  return tagValue(name).replace(/[,= ]/g, '\\$&');
}

/** A string field in line protocol. */
export function text(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** @param written orders the sources of one time: the row with the highest was written last */
export function demandLine(row: DemandObservation, timeMs: number, written: number): string {
  return `demand,zone=${tag(row.zone)},source=${tag(row.source)} mw=${row.demandMw},written=${written}i ${timeMs}\n`;
}

export function weatherLine(row: WeatherObservation, timeMs: number, written: number): string {
  let fields = '';
  let known = 0;
  for (const [bit, variable] of WEATHER_VARIABLES.entries()) {
    const value = row[variable];
    if (value === undefined) continue;
    known |= 1 << bit;
    fields += `${variable}=${value},`;
  }
  return `weather,zone=${tag(row.zone)},source=${tag(row.source)} ${fields}known=${known}i,written=${written}i ${timeMs}\n`;
}

export function accuracyLine(row: Accuracy, timeMs: number): string {
  const coverage = row.coverage80 === null ? 'hasCoverage=f' : `coverage80=${row.coverage80},hasCoverage=t`;
  const skill = row.skill === null ? 'hasSkill=f' : `skill=${row.skill},hasSkill=t`;
  const tags = `zone=${tag(row.zone)},horizon=${row.horizonMinutes},window=${row.window}`;
  return `accuracy,${tags} mape=${row.mape},bias=${row.bias},${coverage},${skill},n=${row.n}i ${timeMs}\n`;
}

export function pipelineLine(row: PipelinePoint): string {
  return `pipeline,name=${tag(row.name)} value=${row.value} ${row.timeMs}\n`;
}

/** What belongs to a whole path; its steps are points of `nowcast`. */
export function pathLine(nowcast: Nowcast, originMs: number, issuedAtMs: number): string {
  const { demandAgeMs, weatherAgeMs } = nowcast.inputs;
  const horizons = stepsOf(nowcast)
    .map((step) => step.horizonMinutes)
    .join();
  const weather = weatherAgeMs === null ? 'hasWeather=f' : `weatherAgeMs=${weatherAgeMs}i,hasWeather=t`;
  return (
    `nowcast_path,zone=${tag(nowcast.zone)} model=${text(nowcast.modelVersion)},quality=${text(nowcast.quality)},` +
    `reasons=${text(JSON.stringify(nowcast.reasons))},revision=${nowcast.revision}i,issuedAt=${issuedAtMs}i,` +
    `latestDemandMw=${nowcast.latestDemandMw},demandAgeMs=${demandAgeMs}i,${weather},horizons="${horizons}" ${originMs}\n`
  );
}

/** The points of a nowcast's steps. Keeps the tags of the zones it saw, as they are the same in every nowcast. */
export class NowcastLines {
  private readonly prefixes = new Map<string, Map<number, string>>();

  lines(nowcast: Nowcast, originMs: number): string {
    const prefixes = this.prefixesOf(nowcast.zone);
    const model = `model=${text(nowcast.modelVersion)}`;
    let lines = '';
    for (const step of stepsOf(nowcast)) {
      const horizon = step.horizonMinutes;
      let prefix = prefixes.get(horizon);
      if (prefix === undefined) {
        prefix = `nowcast,zone=${tag(nowcast.zone)},horizon=${horizon} mw=`;
        prefixes.set(horizon, prefix);
      }
      lines += `${prefix}${step.mw}${band(step)},${model} ${originMs + horizon * MINUTE_MS}\n`;
    }
    return lines;
  }

  private prefixesOf(zone: string): Map<number, string> {
    let prefixes = this.prefixes.get(zone);
    if (prefixes === undefined) {
      prefixes = new Map();
      this.prefixes.set(zone, prefixes);
    }
    return prefixes;
  }
}

function band(step: NowcastStep): string {
  const p10 = step.p10 === null ? '' : `,p10=${step.p10}`;
  const p90 = step.p90 === null ? '' : `,p90=${step.p90}`;
  const banded = step.p10 === null || step.p90 === null ? 'f' : 't';
  return `${p10}${p90}${step.quantiles === undefined ? '' : quantileFields(step.quantiles)},banded=${banded}`;
}

function stepsOf(nowcast: Nowcast): readonly NowcastStep[] {
  return nowcast.steps;
}
