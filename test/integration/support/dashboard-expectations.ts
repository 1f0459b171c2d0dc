import { expect } from 'vitest';

/** What a panel's numbers must be like over the replayed week. */
interface Range {
  readonly from: number;
  readonly to: number;
  /** Points of all series together, at least. */
  readonly points: number;
  /** The largest must reach this: a flat zero is not what is shown. */
  readonly reaches?: number;
}

const HOURS = 24 * 7;
const EVERY_HOUR = 150;
const between = (from: number, to: number, points = EVERY_HOUR, reaches?: number): Range => ({
  from,
  to,
  points,
  ...(reaches === undefined ? {} : { reaches }),
});
/** Of a share. */
const SHARE = between(0, 1);
const SECONDS_WORKED = between(1e-5, 10, EVERY_HOUR);

/** By title of the panel; each of them must be here. */
const RANGES: Readonly<Record<string, Range>> = {
  // Demand swings between 700 and 1450 MW; the spikes are three times what it was, and stay in the history.
  // The operator's forecast is hourly.
  'Nowcast and actual demand, $zone, $horizon min ahead': between(650, 4500, 165),
  // The operator of the week is off by up to 4 %; spikes count in what was measured.
  'Error of the operator and of the nowcast beside it': between(0, 70, EVERY_HOUR, 2),
  // MAPE, minutes known before, horizon, number of intervals: of one product.
  'Operator and nowcast compared': between(0.5, 1800, 5, 1440),
  'Latest demand': between(650, 1500, 1),
  Temperature: between(-5, 30, HOURS, 15),
  'MAPE, $horizon min ahead, $window': between(0.1, 3, 1),
  'MAPE, $window': between(0.1, 5, EVERY_HOUR),
  'MAPE by horizon, $window': between(0.1, 10, 4),
  'Coverage by horizon, $window': between(1, 100, 4, 60),
  'Coverage of the 80 % band, $window': between(40, 100, 1, 60),
  'Bias, $window': between(-30, 30, EVERY_HOUR),
  'Skill against the 24 h ramp, $window': between(-2, 1, EVERY_HOUR, 0.2),
  'Width of the 80 % band': between(1, 200, 250, 20),
  'Scored nowcasts, $window': between(12, 48, EVERY_HOUR, 48),
  'Quality of the nowcasts': between(1, 1, 1),
  'Age of the newest demand': between(-3600, 6 * 3600, EVERY_HOUR, 3 * 3600),
  'Since the last training': between(0, 7 * 86_400, EVERY_HOUR, 6 * 86_400),
  'Trainings in this time, by outcome': between(0, 1.2, 4, 0.9),
  'Versions in service': between(1, 1, 1),
  'Life of the versions': between(1000, 10_000, 1),
  'Duration of trainings': between(0.3, 300, 1),
  'Peak memory of trainings': between(50e6, 2e9, 1),
  Trainings: between(0.3, 10_000, 3),
  'Findings in this time': between(1, 10, 1),
  'What was done': between(1, 10, 1),
  'Findings by rule': between(1, 4, 2),
  'Findings by zone': between(1, 4, 2),
  'Findings by source': between(1, 4, 2),
  'Findings as they are made': between(0, 4, 50, 0.9),
  Findings: between(2000, 4500, 2),
  'Alerts raised by the service': between(0, 10, 1),
  'Largest consumer lag': between(0, 100, 1),
  'Share of fallback nowcasts, 1 h': between(0, 1, 1),
  'Dead letters, 24 h': between(0, 1, 1),
  'Records consumed': between(0, 0.01, EVERY_HOUR, 0.0005),
  'Nowcasts emitted': between(0, 0.01, EVERY_HOUR, 0.0005),
  'Consumer lag': between(0, 100, EVERY_HOUR),
  'From input to durable nowcast': SECONDS_WORKED,
  'One inference': between(1e-5, 10, 140),
  'Dead letters': between(1, 1, 3),
  // An hour's values are published at its beginning, and ages are looked at meanwhile.
  'Age of inputs': between(-3600, 6 * 3600, EVERY_HOUR, 3 * 3600),
  'Since the last nowcast': between(-3600, 6 * 3600, EVERY_HOUR, 600),
  'From the database: records and nowcasts': between(0, 1, EVERY_HOUR, 0.03),
  'From the database: lag and alerts': between(0, 100, EVERY_HOUR),
  'Webhooks: attempts': between(0, 8, EVERY_HOUR, 3),
  'Webhooks: deliveries that ended': between(0, 8, EVERY_HOUR, 1),
  'Webhooks: dead deliveries kept': between(0, 1, EVERY_HOUR, 1),
  'Audit entries that could not be written': between(0, 4, EVERY_HOUR, 1),
  'Since the last success': between(0, 2 * 3600, EVERY_HOUR, 3600),
  'Requests by outcome': between(0, 5, EVERY_HOUR, 2),
  'Share of requests that failed': between(0, 1, EVERY_HOUR, 0.2),
  'Duration of requests, 95 %': between(0.2, 30, EVERY_HOUR, 20),
  'Demand values by source': between(1, 1, 320),
  'Weather values by source': between(1, 1, HOURS),
  'Processor, share of what may be used': SHARE,
  'Memory, share of what may be used': SHARE,
  'Free disk, share of its size': SHARE,
  'Free disk': between(1e6, 1e15),
  'Heap in use': between(10e6, 2e9),
  'Event loop lag, 99 %': between(0, 60),
  'Open files': between(5, 1000),
  // The replay's time is not that of the process.
  'Time since start': between(-1e10, 1e10),
  'Feed: clients': between(0, 1, EVERY_HOUR, 1),
  'Feed: messages': between(0, 0.1, EVERY_HOUR, 0.0005),
  'Feed: conflated nowcasts': between(0, 0.01),
  'Durations of trainings, 95 %': between(0.3, 300, 100),
};

/** Words that a table, an annotation or a variable must have among others. */
export const WORDS: Readonly<Record<string, readonly string[]>> = {
  zone: ['NORTH'],
  horizon: ['30', '60', '180', '1440'],
  'Model versions': ['NORTH', 'promoted'],
  Alerts: ['demand_late', 'raised', 'resolved'],
  'Alerts raised and resolved': ['demand_late', 'raised', 'resolved', 'NORTH'],
  'Quarantined values': ['spike'],
  'Life of the versions': ['NORTH', 'promoted'],
  Trainings: ['initial', 'succeeded'],
  Findings: ['spike', 'quarantined'],
};

/** Checks what a panel shows. @throws an assertion's error naming the panel */
export function expectNumbers(place: string, numbers: readonly number[]): void {
  const range = RANGES[place];
  if (range === undefined && WORDS[place] !== undefined) return;
  expect(range, `no expectation for panel "${place}"`).toBeDefined();
  if (range === undefined) return;
  expect(numbers.length, place).toBeGreaterThanOrEqual(range.points);
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  expect(least, place).toBeGreaterThanOrEqual(range.from);
  expect(most, place).toBeLessThanOrEqual(range.to);
  if (range.reaches !== undefined) expect(most, place).toBeGreaterThanOrEqual(range.reaches);
}

/** Panels of which something is expected. */
export const EXPECTED_PLACES: readonly string[] = [...Object.keys(RANGES), ...Object.keys(WORDS)];
