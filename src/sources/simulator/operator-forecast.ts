import type { DemandForecast } from '../../contracts/records.js';
import { DAY_MS, HOUR_MS, toIso } from '../../contracts/time.js';
import { zoneClock } from '../../features/zone-clock.js';
import { ArNoise } from './ar-noise.js';
import type { BlockCache } from './block-cache.js';
import { STEP_MS, type SimulatedDemand } from './demand.js';
import { streamSeed } from './hash-noise.js';
import { SIMULATED_HOLIDAYS, SIMULATED_TIME_ZONE } from './zones.js';

export const SIMULATED_PRODUCT = 'simulated-day-ahead';
/** Issued each day at this hour of the wall clock, for each hour of the next local day. */
export const ISSUE_HOUR = 9;
/** Published some time after it was issued. */
export const ISSUE_DELAY_MS = 10 * 60_000;

const STEPS_PER_HOUR = HOUR_MS / STEP_MS;
/** An operator's curve is smoother than demand: each hour leans on its neighbours. */
const SMOOTHING = [0.2, 0.6, 0.2] as const;
/** The bias of the forecasts drifts over days, the rest of the error within hours, without jumps; shares of the demand. */
const BIAS_PERSISTENCE = 0.85;
const BIAS_SHARE = 0.017;
const REST_STEP_HOURS = 6;
const REST_PERSISTENCE = 0.5;
const REST_SHARE = 0.027;

/**
 * What an operator of a simulated zone forecasts for the next day, hour by hour. It is made of the demand that will be
 * and of errors about as large as a real operator's: what it is worth to a model here says nothing of a real operator.
 */
export class SimulatedOperatorForecast {
  private readonly clock = zoneClock(SIMULATED_TIME_ZONE, SIMULATED_HOLIDAYS);
  private readonly bias: ArNoise;
  private readonly rest: ArNoise;

  constructor(
    seed: number,
    private readonly zone: string,
    private readonly demand: SimulatedDemand,
    private readonly isoOf: BlockCache<string>,
  ) {
    this.bias = new ArNoise(streamSeed(seed, `operator/bias/${zone}`), BIAS_PERSISTENCE, 32);
    this.rest = new ArNoise(streamSeed(seed, `operator/rest/${zone}`), REST_PERSISTENCE, 16);
  }

  /** Local days whose forecast may become available in [fromMs, toMs), as day numbers of the day of issue. */
  *issueDays(fromMs: number, toMs: number): Generator<number> {
    const last = this.clock.localDay(toMs);
    for (let day = this.clock.localDay(fromMs) - 1; day <= last; day++) {
      const availableAtMs = this.issuedMs(day) + ISSUE_DELAY_MS;
      if (availableAtMs >= fromMs && availableAtMs < toMs) yield day;
    }
  }

  /** The forecast that is issued on a local day: one record an hour of the next, 23 to 25 of them. */
  issue(day: number, source: string): DemandForecast[] {
    const issuedMs = this.issuedMs(day);
    const records: DemandForecast[] = [];
    const endMs = this.clock.startOfDay(day + 2);
    for (let startMs = this.clock.startOfDay(day + 1); startMs < endMs; startMs += HOUR_MS) {
      records.push({
        zone: this.zone,
        kind: 'forecast',
        product: SIMULATED_PRODUCT,
        validTime: this.isoOf.get(startMs),
        stepMinutes: HOUR_MS / 60_000,
        demandMw: this.valueMw(day, startMs / HOUR_MS),
        issuedAt: toIso(issuedMs),
        availableAt: toIso(issuedMs + ISSUE_DELAY_MS),
        source,
        revision: 0,
      });
    }
    return records;
  }

  /** The clocks change at night, hours before. */
  private issuedMs(day: number): number {
    const localMs = day * DAY_MS + ISSUE_HOUR * HOUR_MS;
    return localMs - this.clock.offsets.at(this.clock.startOfDay(day) + ISSUE_HOUR * HOUR_MS);
  }

  private valueMw(day: number, hour: number): number {
    const [before, own, after] = SMOOTHING;
    const smoothMw = before * this.hourMw(hour - 1) + own * this.hourMw(hour) + after * this.hourMw(hour + 1);
    const error = BIAS_SHARE * this.bias.at(day) + REST_SHARE * this.rest.between(hour / REST_STEP_HOURS);
    return Math.round(smoothMw * (1 + error) * 10) / 10;
  }

  /** Mean demand of an hour since the epoch. */
  private hourMw(hour: number): number {
    let sum = 0;
    for (let step = 0; step < STEPS_PER_HOUR; step++) sum += this.demand.at(hour * STEPS_PER_HOUR + step);
    return sum / STEPS_PER_HOUR;
  }
}
