import type { DemandObservation, WeatherObservation } from '../../contracts/records.js';
import { HOUR_MS, toIso } from '../../contracts/time.js';
import { type InputRecord, type OperatorRecord, sortByAvailability } from '../input-record.js';
import { BlockCache } from './block-cache.js';
import { SimulatedDemand, STEP_MS } from './demand.js';
import {
  type FaultAt,
  type FaultPlan,
  Faults,
  type InjectedFault,
  MAX_DELAY_MS,
  type Publication,
  type TrueSeries,
} from './faults.js';
import { streamSeed, uniformAt } from './hash-noise.js';
import { SimulatedOperatorForecast } from './operator-forecast.js';
import { round, RUN_DELAY_MS, RUN_EVERY_HOURS, SimulatedForecast } from './weather-forecast.js';
import { SimulatedWeather } from './weather.js';
import { SIMULATED_STEP_MINUTES, SIMULATED_ZONES, type SimulatedZone } from './zones.js';

export const SIMULATOR_SOURCE = 'simulator';

const CHUNK_MS = 6 * HOUR_MS;
/** A value is published this long after its interval ended, and up to the jitter more. */
const LATENCY_MS = 40_000;
const JITTER_MS = 20_000;
const WEATHER_DELAY_MS = 9 * 60_000;
/** The zone so many further in the list is of quite another size. */
const OTHER_ZONE = 2;

export interface SimulationOptions {
  /** Any integer; the same seed gives the same records. */
  readonly seed: number;
  readonly zones?: readonly SimulatedZone[];
  readonly faults?: FaultPlan;
}

interface SimulatedParts {
  readonly zone: SimulatedZone;
  readonly weather: SimulatedWeather;
  readonly demand: SimulatedDemand;
  /** Its own demand, and that of another zone for where the wrong series is published. */
  readonly series: TrueSeries;
  readonly forecast: SimulatedForecast;
  readonly operator: SimulatedOperatorForecast;
  readonly jitterSeed: number;
}

/**
 * Simulated demand and weather of a few zones. Every record is a function of the seed and its own time: generating
 * [a, b) and then [b, c) gives what generating [a, c) gives.
 */
export class Simulation {
  /** Writing a time as text is the dearest part of a record, and the zones share their times. */
  private readonly isoOf = new BlockCache(toIso, 1024);
  private readonly parts: readonly SimulatedParts[];
  private readonly faults: Faults;

  constructor(options: SimulationOptions) {
    const { seed, zones = SIMULATED_ZONES, faults = {} } = options;
    this.faults = new Faults(streamSeed(seed, 'faults'), faults, STEP_MS);
    this.parts = zones.map((zone, index) => {
      const weather = new SimulatedWeather(seed, zone);
      const demand = new SimulatedDemand(seed, zone, weather);
      const otherAt = (slot: number): number =>
        this.parts[(index + OTHER_ZONE) % zones.length]?.demand.at(slot) ?? 0;
      return {
        zone,
        weather,
        demand,
        series: { at: (slot) => demand.at(slot), otherAt },
        forecast: new SimulatedForecast(seed, zone, weather, this.isoOf),
        operator: new SimulatedOperatorForecast(seed, zone.zone, demand, this.isoOf),
        jitterSeed: streamSeed(seed, `jitter/${zone.zone}`),
      };
    });
  }

  /** Ids of the simulated zones. */
  get zones(): readonly string[] {
    return this.parts.map(({ zone }) => zone.zone);
  }

  /**
   * Every record that becomes available in [fromMs, toMs), in the order of availableAt, weather before the demand of
   * the same instant. The source is `simulator` throughout.
   */
  *records(fromMs: number, toMs: number): Generator<InputRecord> {
    for (let start = fromMs; start < toMs; start = nextChunk(start, toMs)) {
      const end = nextChunk(start, toMs);
      const records: InputRecord[] = [];
      for (const part of this.parts) {
        this.pushForecasts(part, start, end, records);
        this.pushWeather(part, start, end, records);
        this.pushDemand(part, start, end, records);
      }
      yield* sortByAvailability(records);
    }
  }

  /**
   * What the operators of the zones forecast themselves, as it becomes available in [fromMs, toMs): once a day for the
   * next, in the order of availableAt. Beside the records, so that a simulation can be had without them.
   */
  operatorForecasts(fromMs: number, toMs: number): OperatorRecord[] {
    const records: OperatorRecord[] = [];
    for (const { operator } of this.parts) {
      for (const day of operator.issueDays(fromMs, toMs)) {
        for (const value of operator.issue(day, SIMULATOR_SOURCE))
          records.push({ topic: 'demand.forecast', availableAtMs: Date.parse(value.availableAt), value });
      }
    }
    return records.sort((a, b) => a.availableAtMs - b.availableAtMs);
  }

  /** What was injected into the intervals that start in [fromMs, toMs). */
  injectedFaults(fromMs: number, toMs: number): InjectedFault[] {
    const injected: InjectedFault[] = [];
    for (let slot = Math.ceil(fromMs / STEP_MS); slot * STEP_MS < toMs; slot++) {
      for (const { zone, demand, series } of this.parts) {
        const part = this.faults.partOf(zone.zone, slot);
        if (part === null) continue;
        const published = this.faults.publications(zone.zone, slot, series)[0];
        const shiftMs = published?.shiftMs ?? 0;
        injected.push({
          kind: part.kind,
          zone: zone.zone,
          validTimeMs: slot * STEP_MS,
          trueMw: demand.at(slot),
          publishedMw: published?.demandMw ?? null,
          sinceMs: part.sinceSlot * STEP_MS,
          ...(shiftMs === 0 ? {} : { publishedTimeMs: slot * STEP_MS + shiftMs }),
        });
      }
    }
    return injected;
  }

  /** The same with the hours of weather that are stated in degrees Fahrenheit. */
  faultsBetween(fromMs: number, toMs: number): FaultAt[] {
    const faults: FaultAt[] = this.injectedFaults(fromMs, toMs);
    for (let hour = Math.ceil(fromMs / HOUR_MS); hour * HOUR_MS < toMs; hour++) {
      const validTimeMs = hour * HOUR_MS;
      for (const { zone } of this.parts)
        if (this.faults.isFahrenheit(zone.zone, hour))
          faults.push({ kind: 'fahrenheit', zone: zone.zone, validTimeMs, sinceMs: validTimeMs });
    }
    return faults;
  }

  private pushDemand(part: SimulatedParts, fromMs: number, toMs: number, out: InputRecord[]): void {
    const { zone, series, jitterSeed } = part;
    const first = Math.floor((fromMs - MAX_DELAY_MS - LATENCY_MS - JITTER_MS) / STEP_MS) - 1;
    for (let slot = first; (slot + 1) * STEP_MS + LATENCY_MS < toMs; slot++) {
      const usualMs = (slot + 1) * STEP_MS + LATENCY_MS + Math.floor(JITTER_MS * uniformAt(jitterSeed, slot));
      if (usualMs + MAX_DELAY_MS < fromMs) continue;
      for (const published of this.faults.publications(zone.zone, slot, series)) {
        const availableAtMs = usualMs + published.delayMs;
        if (availableAtMs < fromMs || availableAtMs >= toMs) continue;
        const value = this.observation(zone.zone, slot * STEP_MS, availableAtMs, published);
        out.push({ topic: 'demand.observed', availableAtMs, value });
      }
    }
  }

  private observation(
    zone: string,
    startMs: number,
    availableAtMs: number,
    { demandMw, revision, shiftMs = 0, source = SIMULATOR_SOURCE }: Publication,
  ): DemandObservation {
    return {
      zone,
      kind: 'actual',
      validTime: this.isoOf.get(startMs + shiftMs),
      stepMinutes: SIMULATED_STEP_MINUTES,
      demandMw,
      availableAt: toIso(availableAtMs),
      source,
      revision,
    };
  }

  private pushWeather(part: SimulatedParts, fromMs: number, toMs: number, out: InputRecord[]): void {
    const firstHour = Math.ceil((fromMs - WEATHER_DELAY_MS) / HOUR_MS);
    for (let hour = firstHour; hour * HOUR_MS + WEATHER_DELAY_MS < toMs; hour++) {
      const availableAtMs = hour * HOUR_MS + WEATHER_DELAY_MS;
      const truth = part.weather.atHour(hour);
      const isFahrenheit = this.faults.isFahrenheit(part.zone.zone, hour);
      const temperature = isFahrenheit ? truth.temperatureC * 1.8 + 32 : truth.temperatureC;
      const value: WeatherObservation = {
        zone: part.zone.zone,
        kind: 'observed',
        validTime: this.isoOf.get(hour * HOUR_MS),
        availableAt: toIso(availableAtMs),
        source: SIMULATOR_SOURCE,
        revision: 0,
        temperatureC: round(temperature, 10),
        humidityPct: round(truth.humidityPct, 1),
        windMs: round(truth.windMs, 10),
        cloudPct: round(truth.cloudPct, 1),
        shortwaveWm2: round(truth.shortwaveWm2, 1),
      };
      out.push({ topic: 'weather.observed', availableAtMs, value });
    }
  }

  private pushForecasts(part: SimulatedParts, fromMs: number, toMs: number, out: InputRecord[]): void {
    const everyMs = RUN_EVERY_HOURS * HOUR_MS;
    for (let run = Math.ceil((fromMs - RUN_DELAY_MS) / everyMs); run * everyMs + RUN_DELAY_MS < toMs; run++) {
      const availableAtMs = run * everyMs + RUN_DELAY_MS;
      out.push({ topic: 'weather.forecast', availableAtMs, value: part.forecast.run(run, SIMULATOR_SOURCE) });
    }
  }
}

function nextChunk(startMs: number, toMs: number): number {
  return Math.min(toMs, (Math.floor(startMs / CHUNK_MS) + 1) * CHUNK_MS);
}
