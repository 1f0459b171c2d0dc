import { HOUR_MS } from '../contracts/time.js';
import type { DemandEvent } from '../features/input-event.js';
import type { DayMemory } from './day-memory.js';
import { demandFinding } from './findings.js';
import type { QualitySettings } from './settings.js';
import type { DemandView, Finding } from './verdict.js';

const KILO = 1000;
/** A mistaken unit is a factor of 1000; the level itself may have moved by this much meanwhile. */
const UNIT_SLACK = 2;
/** Nobody states the load of a smaller zone in gigawatts; a value near zero is an outage there. */
const LEAST_GIGAWATT_ZONE_MW = 500;

/**
 * A value a thousand times beyond the zone's usual level that fits it in another unit (kW for MW, or GW). Needs what is
 * usual, so a zone that has always been in the wrong unit is not found: its limits are what tells.
 */
export function findUnit(
  event: DemandEvent,
  view: DemandView,
  usual: DayMemory,
  settings: QualitySettings,
): Finding | null {
  if (!isHeldStill(event, view, settings.unitHoldHours)) return null;
  const { demandMw } = event;
  const lowMw = usual.lowestMw / UNIT_SLACK;
  const highMw = usual.highestMw * UNIT_SLACK;
  if (!(lowMw > 0)) return null;
  const fits = (mw: number): boolean => mw >= lowMw && mw <= highMw;
  if (fits(demandMw)) return null;
  const isGigawatts = usual.highestMw >= LEAST_GIGAWATT_ZONE_MW && fits(demandMw * KILO);
  const unit = fits(demandMw / KILO) ? 'kilowatts' : isGigawatts ? 'gigawatts' : null;
  if (unit === null) return null;
  return demandFinding(
    'unit',
    event,
    `${String(demandMw)} is a thousand times off this zone's ${range(usual)}; it fits as ${unit}: check the source's unit`,
  );
}

/** True when the value lies far beyond all of the last days: no day of this zone has been anything like it. */
export function isForeignLevel(demandMw: number, usual: DayMemory, settings: QualitySettings): boolean {
  const { lowestMw, highestMw } = usual;
  const factor = settings.wrongResourceFactor;
  return demandMw > highestMw * factor || (lowestMw > 0 && demandMw < lowestMw / factor);
}

/**
 * A jump to a level that this zone never has: the series of another zone or of another quantity. Held back for longer
 * than a spike, and believed once it lasts beyond that.
 * @param isJump the value does not follow from its accepted neighbours, or there are none any more
 */
export function findWrongResource(
  event: DemandEvent,
  view: DemandView,
  usual: DayMemory,
  settings: QualitySettings,
): Finding | null {
  if (!isForeignLevel(event.demandMw, usual, settings)) return null;
  if (!isHeldStill(event, view, settings.wrongResourceHoldHours)) return null;
  return demandFinding(
    'wrong_resource',
    event,
    `${String(event.demandMw)} MW after a jump is far beyond this zone's ${range(usual)}: is this another zone's or another quantity's series?`,
  );
}

/** Held back only as long as something accepted is near enough to contradict it: no zone is ever locked out. */
function isHeldStill(event: DemandEvent, view: DemandView, hours: number): boolean {
  const latest = view.latestDemand();
  return latest !== null && event.validTimeMs - latest.validTimeMs <= hours * HOUR_MS;
}

function range({ lowestMw, highestMw }: DayMemory): string {
  return `${lowestMw.toFixed(0)} to ${highestMw.toFixed(0)} MW of the last days`;
}
