import { InvalidArgumentError } from 'commander';
import { requireHolidays, requireTimeZone } from '../config/zone-profiles.js';
import { messageOf } from '../contracts/errors.js';

/** An IANA time zone name. */
export function parseTimeZone(text: string): string {
  return checked(text, requireTimeZone);
}

/** A country or country-region whose holidays are known; empty for none. */
export function parseHolidays(text: string): string {
  return checked(text, requireHolidays);
}

/** `ALL` or zone names separated by commas. @returns empty for all */
export function parseZones(text: string): readonly string[] {
  if (text === 'ALL') return [];
  const zones = text.split(',').map((zone) => zone.trim());
  if (zones.every((zone) => zone !== '')) return zones;
  throw new InvalidArgumentError('expected ALL or zone names separated by commas.');
}

function checked(text: string, require: (text: string) => void): string {
  try {
    require(text);
  } catch (error) {
    throw new InvalidArgumentError(`${messageOf(error)}.`);
  }
  return text;
}
