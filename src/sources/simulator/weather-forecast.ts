import { HOUR_MS, toIso } from '../../contracts/time.js';
import type { WeatherForecast } from '../../contracts/records.js';
import { ArNoise } from './ar-noise.js';
import type { BlockCache } from './block-cache.js';
import { normalAt, streamSeed } from './hash-noise.js';
import type { SimulatedWeather } from './weather.js';
import type { SimulatedZone } from './zones.js';

export const RUN_EVERY_HOURS = 6;
export const LEAD_HOURS = 48;
/** A run is published some time after the instant it starts from. */
export const RUN_DELAY_MS = 50 * 60_000;
/** Errors of neighbouring lead times in one run. */
const LEAD_PERSISTENCE = 0.93;
/** Share of the error that is the same in all runs about one hour (what no run sees coming). */
const COMMON = 0.75;
const OWN = Math.sqrt(1 - COMMON * COMMON);

/** Forecasts of the simulated weather as a service would issue them: right on average, worse with lead time. */
export class SimulatedForecast {
  private readonly common: Readonly<Record<'temperature' | 'cloud' | 'wind', ArNoise>>;
  private readonly seed: number;

  constructor(
    seed: number,
    private readonly zone: SimulatedZone,
    private readonly weather: SimulatedWeather,
    private readonly isoOf: BlockCache<string>,
  ) {
    const noise = (name: string): ArNoise =>
      new ArNoise(streamSeed(seed, `forecast/${name}/${zone.zone}`), LEAD_PERSISTENCE, 96);
    this.common = { temperature: noise('temperature'), cloud: noise('cloud'), wind: noise('wind') };
    this.seed = streamSeed(seed, `forecast/${zone.zone}`);
  }

  /** @param run runs since the epoch, one each RUN_EVERY_HOURS */
  run(run: number, source: string): WeatherForecast {
    const issuedHour = run * RUN_EVERY_HOURS;
    const own = [0, 1, 2].map((variable) => this.ownErrors(run * 3 + variable));
    const later = Array.from({ length: LEAD_HOURS }, (_, i) => this.point(issuedHour, i + 1, own));
    const issuedMs = issuedHour * HOUR_MS;
    return {
      zone: this.zone.zone,
      kind: 'forecast',
      issuedAt: toIso(issuedMs),
      availableAt: toIso(issuedMs + RUN_DELAY_MS),
      source,
      revision: 0,
      points: [this.point(issuedHour, 0, own), ...later],
    };
  }

  private point(
    issuedHour: number,
    lead: number,
    own: readonly Float64Array[],
  ): WeatherForecast['points'][number] {
    const hour = issuedHour + lead;
    const truth = this.weather.atHour(hour);
    const error = (common: ArNoise, variable: number): number =>
      COMMON * common.at(hour) + OWN * (own[variable]?.[lead] ?? 0);
    const growth = Math.sqrt(lead / LEAD_HOURS);
    const temperatureC = truth.temperatureC + (0.35 + 1.35 * growth) * error(this.common.temperature, 0);
    const cloud = clamp(truth.cloudPct + (6 + 18 * growth) * error(this.common.cloud, 1), 0, 100);
    const windMs = Math.max(0, truth.windMs + (0.4 + 0.8 * growth) * error(this.common.wind, 2));
    return {
      validTime: this.isoOf.get(hour * HOUR_MS),
      temperatureC: round(temperatureC, 10),
      humidityPct: round(clamp(truth.humidityPct - 1.9 * (temperatureC - truth.temperatureC), 0, 100), 1),
      windMs: round(windMs, 10),
      cloudPct: round(cloud, 1),
      shortwaveWm2: round(this.weather.shortwaveWm2(hour * HOUR_MS, cloud / 100), 1),
    };
  }

  private ownErrors(stream: number): Float64Array {
    const innovation = Math.sqrt(1 - LEAD_PERSISTENCE * LEAD_PERSISTENCE);
    const errors = new Float64Array(LEAD_HOURS + 1);
    let state = normalAt(this.seed, stream * 64);
    for (let lead = 0; lead <= LEAD_HOURS; lead++) {
      errors[lead] = state;
      state = LEAD_PERSISTENCE * state + innovation * normalAt(this.seed, stream * 64 + lead + 1);
    }
    return errors;
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** To a multiple of 1 / parts, as services publish. */
export function round(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
