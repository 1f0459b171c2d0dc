import { HOUR_MS, MINUTE_MS, floorToStep } from '../contracts/time.js';
import type { DemandView } from '../quality/verdict.js';
import { DemandRing } from './demand-ring.js';
import type { ForecastEvent, OperatorEvent, WeatherEvent } from './input-event.js';
import { KnownForecast } from './known-forecast.js';
import { ObservedWeather } from './observed-weather.js';
import { OperatorForecasts } from './operator-forecasts.js';
import { type ZoneClock, zoneClock } from './zone-clock.js';
import type { ZoneProfile } from './zone-profile.js';

/** Values held back that are remembered: enough to see that they agree on a new level. */
const HELD_VALUES = 8;
const FORECAST_SLACK_MS = 12 * HOUR_MS;

/**
 * Everything that is known of a zone at one moment: accepted demand, observed weather, the latest weather forecast,
 * what its operator forecasts. It knows only what it was told, so a lookup can never reach into the future. A zone with a
 * 5-minute step and weather takes about 50 kB, an operator's forecast 3 kB more where it is hourly, 35 kB at 5 minutes.
 */
export class ZoneState implements DemandView {
  readonly ring: DemandRing;
  readonly clock: ZoneClock;
  /** Null until the zone has weather: most memory of a zone is allocated when it is needed. */
  observed: ObservedWeather | null = null;
  forecast: KnownForecast | null = null;
  /** Null for a zone whose operator's forecast is not collected. */
  operator: OperatorForecasts | null = null;
  private latestSlot = -1;
  private held: Map<number, number> | null = null;

  /** @throws NowcastError CONFIG_INVALID for a step, time zone or holiday region that cannot be used */
  constructor(readonly profile: ZoneProfile) {
    this.ring = new DemandRing(profile.stepMs);
    this.clock = zoneClock(profile.timeZone, profile.holidays);
  }

  /** Accepted demand of the interval that contains the instant; NaN where unknown. */
  demandAt(validTimeMs: number): number {
    return this.ring.at(this.ring.slotOf(validTimeMs));
  }

  /** Latest accepted value by interval, or null. */
  latestDemand(): { readonly validTimeMs: number; readonly demandMw: number } | null {
    if (this.latestSlot < 0) return null;
    const demandMw = this.ring.at(this.latestSlot);
    return Number.isNaN(demandMw) ? null : { validTimeMs: this.latestSlot * this.ring.stepMs, demandMw };
  }

  /** Revision of the value known for an interval; -1 where none is. */
  demandRevisionAt(validTimeMs: number): number {
    return this.ring.revisionAt(this.ring.slotOf(validTimeMs));
  }

  /** How long before the instant the kept demand history begins; 0 when there is none. */
  historyMs(epochMs: number): number {
    const first = this.ring.firstSlot;
    return first < 0 ? 0 : Math.max(0, floorToStep(epochMs, this.ring.stepMs) - first * this.ring.stepMs);
  }

  /**
   * Stores an accepted value; a value for a known interval overwrites. Never call it with a quarantined value.
   * @returns false when the interval is older than the history kept, and nothing was stored
   */
  setDemand(validTimeMs: number, demandMw: number, revision = 0): boolean {
    const slot = this.ring.slotOf(validTimeMs);
    if (!this.ring.set(slot, demandMw, revision)) return false;
    if (slot > this.latestSlot) this.latestSlot = slot;
    return true;
  }

  /** Latest value of an interval that quality held back, NaN where none; no feature reads it. */
  heldAt(validTimeMs: number): number {
    return this.held?.get(this.ring.slotOf(validTimeMs)) ?? Number.NaN;
  }

  /** Remembers a quarantined value, so that the rules can tell a new level from a spike. */
  hold(validTimeMs: number, demandMw: number): void {
    this.held ??= new Map();
    const slot = this.ring.slotOf(validTimeMs);
    this.held.delete(slot);
    this.held.set(slot, demandMw);
    if (this.held.size <= HELD_VALUES) return;
    const [oldest] = this.held.keys();
    if (oldest !== undefined) this.held.delete(oldest);
  }

  /** @returns true when the newest known weather changed */
  setWeather(event: WeatherEvent): boolean {
    this.observed ??= new ObservedWeather();
    return this.observed.set(event.validTimeMs, event.values);
  }

  /** @returns true when it replaced the forecast in use */
  setForecast(event: ForecastEvent): boolean {
    const longestMs = (this.profile.horizonsMinutes.at(-1) ?? 0) * MINUTE_MS;
    this.forecast ??= new KnownForecast(longestMs + FORECAST_SLACK_MS);
    return this.forecast.set(event);
  }

  /** @returns false when it says nothing that a nowcast could use */
  setOperator(event: OperatorEvent): boolean {
    this.operator ??= new OperatorForecasts(this.profile.stepMs);
    return this.operator.set(event);
  }
}
