import { DAY_MS, HOUR_MS } from '../../contracts/time.js';

const DEGREE = Math.PI / 180;
/** A June solstice; declination is a cosine from here. */
const SOLSTICE_MS = Date.UTC(2020, 5, 20, 21, 44);
const YEAR_MS = 365.2422 * DAY_MS;

/** Phase of the year, radians: 0 at the June solstice. */
export function seasonAngle(epochMs: number): number {
  return (2 * Math.PI * (epochMs - SOLSTICE_MS)) / YEAR_MS;
}

/** Hours of mean solar time, 0 .. 24. @param longitude degrees, east positive */
export function solarHour(epochMs: number, longitude: number): number {
  const hour = (epochMs / HOUR_MS + longitude / 15) % 24;
  return hour < 0 ? hour + 24 : hour;
}

/** Sine of the sun's elevation; negative at night. Declination as a cosine, no equation of time. */
export function sineElevation(epochMs: number, latitude: number, longitude: number): number {
  const declination = 23.44 * DEGREE * Math.cos(seasonAngle(epochMs));
  const hourAngle = ((solarHour(epochMs, longitude) - 12) / 24) * 2 * Math.PI;
  const phi = latitude * DEGREE;
  return Math.sin(phi) * Math.sin(declination) + Math.cos(phi) * Math.cos(declination) * Math.cos(hourAngle);
}

/** Clear-sky global horizontal irradiance, W/m2 (Haurwitz 1945). */
export function clearSkyWm2(sine: number): number {
  return sine <= 0 ? 0 : 1098 * sine * Math.exp(-0.057 / sine);
}

/** Share of the clear-sky irradiance that clouds let through (Kasten and Czeplak 1980). @param cloud 0 .. 1 */
export function cloudTransmission(cloud: number): number {
  return 1 - 0.75 * cloud ** 3.4;
}
