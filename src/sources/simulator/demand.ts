import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../contracts/time.js';
import { zoneClock } from '../../features/zone-clock.js';
import { ArNoise } from './ar-noise.js';
import { BlockCache } from './block-cache.js';
import { activityAt } from './day-profile.js';
import { normalAt, streamSeed } from './hash-noise.js';
import type { SimulatedWeather } from './weather.js';
import {
  SIMULATED_HOLIDAYS,
  SIMULATED_STEP_MINUTES,
  SIMULATED_TIME_ZONE,
  type SimulatedZone,
} from './zones.js';

export const STEP_MS = SIMULATED_STEP_MINUTES * MINUTE_MS;
const STEPS_PER_DAY = DAY_MS / STEP_MS;
/** Correlation of the slow noise one step apart: it lasts some five hours. */
const SLOW_PERSISTENCE = 0.984;
/** Passing clouds over the solar fleet, one step apart. */
const FLICKER_PERSISTENCE = 0.93;
const FLICKER_SHARE = 0.035;
const HEATING_BELOW_C = 15.5;
const COOLING_ABOVE_C = 19;
/** Buildings answer to the temperature of the past hours, each hour back weighing this much of the one before. */
const THERMAL_MEMORY = 0.8;
const THERMAL_HOURS = 12;
const MIN_SHARE = 0.08;

/** The true demand of one simulated zone, megawatts, mean of a 5-minute interval. Pure in the seed and the time. */
export class SimulatedDemand {
  private readonly slow: ArNoise;
  private readonly flicker: ArNoise;
  private readonly fastSeed: number;
  private readonly clock = zoneClock(SIMULATED_TIME_ZONE, SIMULATED_HOLIDAYS);
  private readonly days: BlockCache<Float64Array>;
  private readonly feltC: BlockCache<number>;

  constructor(
    seed: number,
    private readonly zone: SimulatedZone,
    private readonly weather: SimulatedWeather,
  ) {
    this.slow = new ArNoise(streamSeed(seed, `slow/${zone.zone}`), SLOW_PERSISTENCE, STEPS_PER_DAY);
    this.flicker = new ArNoise(streamSeed(seed, `flicker/${zone.zone}`), FLICKER_PERSISTENCE, STEPS_PER_DAY);
    this.fastSeed = streamSeed(seed, `fast/${zone.zone}`);
    this.feltC = new BlockCache((hour) => this.felt(hour), 64);
    this.days = new BlockCache((day) => this.computeDay(day));
  }

  /** @param slot steps since the epoch */
  at(slot: number): number {
    const day = Math.floor(slot / STEPS_PER_DAY);
    return this.days.get(day)[slot - day * STEPS_PER_DAY] ?? Number.NaN;
  }

  private computeDay(day: number): Float64Array {
    const first = day * STEPS_PER_DAY;
    return Float64Array.from({ length: STEPS_PER_DAY }, (_, i) => this.compute(first + i));
  }

  private compute(slot: number): number {
    const { baseMw, activityShare, slowNoise, fastNoise } = this.zone;
    const middleMs = slot * STEP_MS + STEP_MS / 2;
    const dayType = this.clock.days.dayType(this.clock.localDay(middleMs));
    const activity = activityAt(
      dayType,
      this.clock.minuteOfDay(middleMs) + (middleMs % MINUTE_MS) / MINUTE_MS,
    );
    const gross = 1 - activityShare + activityShare * activity + this.comfortShare(middleMs, activity);
    const noise = slowNoise * this.slow.at(slot) + fastNoise * normalAt(this.fastSeed, slot);
    const netMw = baseMw * gross * (1 + noise) - this.solarMw(middleMs, slot);
    return Math.round(Math.max(baseMw * MIN_SHARE, netMw) * 10) / 10;
  }

  /** Heating and cooling, share of the base; more of it when people are about. */
  private comfortShare(epochMs: number, activity: number): number {
    const hour = Math.floor(epochMs / HOUR_MS);
    const share = epochMs / HOUR_MS - hour;
    const felt = this.feltC.get(hour) * (1 - share) + this.feltC.get(hour + 1) * share;
    const heating = this.zone.heatingPerC * softplus(HEATING_BELOW_C - felt);
    const cooling = this.zone.coolingPerC * softplus(felt - COOLING_ABOVE_C);
    return (heating + cooling) * (0.5 + 0.5 * activity);
  }

  private felt(hour: number): number {
    let sum = 0;
    let weights = 0;
    for (let back = 0, weight = 1; back < THERMAL_HOURS; back++, weight *= THERMAL_MEMORY) {
      sum += weight * this.weather.atHour(hour - back).temperatureC;
      weights += weight;
    }
    return sum / weights;
  }

  private solarMw(epochMs: number, slot: number): number {
    if (this.zone.solarMw === 0) return 0;
    const cloud = this.weather.cloudAt(epochMs);
    const sun = this.weather.shortwaveWm2(epochMs, cloud);
    if (sun === 0) return 0;
    const heatLoss = 1 - 0.004 * Math.max(0, this.weather.temperatureAt(epochMs) - 20);
    // Broken cloud flickers most: none under a clear or a closed sky.
    const flicker = Math.max(0, 1 + FLICKER_SHARE * 4 * cloud * (1 - cloud) * this.flicker.at(slot));
    return (this.zone.solarMw * heatLoss * flicker * sun) / 1000;
  }
}

/** Zero far below 0, the value itself far above, smooth between. */
function softplus(x: number): number {
  return x > 20 ? x : Math.log1p(Math.exp(x));
}
