/** Recorded real data beside the repository, for tests that skip with a printed reason where it is absent. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { InputEvent } from '../../src/features/input-event.js';
import { demandEvent, weatherEvent } from '../features/synthetic.js';

const FOLDER = fileURLToPath(new URL('../../../shared/data/canonical/', import.meta.url));

export interface RecordedSet {
  readonly name: string;
  readonly demand: string;
  readonly weather?: string;
  readonly stepMinutes: number;
  readonly timeZone: string;
  readonly holidays: string;
  readonly from: string;
  readonly to: string;
}

export const RECORDED: readonly RecordedSet[] = [
  {
    name: 'CAISO, 5 min, over the spring clock change',
    demand: 'caiso-5min-2018-2019.demand.csv.gz',
    stepMinutes: 5,
    timeZone: 'America/Los_Angeles',
    holidays: 'US-CA',
    from: '2019-02-21',
    to: '2019-03-14',
  },
  {
    name: 'Victoria, 30 min with weather, over the autumn clock change',
    demand: 'victoria-30min-2012-2013.demand.csv.gz',
    weather: 'victoria-30min-2012-2013.weather.csv.gz',
    stepMinutes: 30,
    timeZone: 'Australia/Melbourne',
    holidays: 'AU-VIC',
    from: '2012-03-10',
    to: '2012-04-20',
  },
];

/** @returns why the set cannot be used here, or null */
export function absent(set: RecordedSet, quiet = false): string | null {
  const missing = [set.demand, set.weather].find((file) => file !== undefined && !existsSync(FOLDER + file));
  if (missing === undefined) return null;
  const reason = `recorded data is not here (../shared/data/canonical/${missing})`;
  if (!quiet) console.warn(`skipped: ${set.name}: ${reason}`);
  return reason;
}

function* rows(file: string, { from, to }: RecordedSet): Generator<{ t: number; value: number }> {
  const [fromMs, toMs] = [Date.parse(`${from}T00:00:00Z`), Date.parse(`${to}T00:00:00Z`)];
  for (const line of gunzipSync(readFileSync(FOLDER + file))
    .toString('utf8')
    .split('\n')
    .slice(1)) {
    const [, time = '', value = ''] = line.trim().split(',');
    const t = Date.parse(time);
    if (t >= fromMs && t < toMs && value !== '') yield { t, value: Number(value) };
  }
}

/** As they would have arrived: demand when its interval ended, weather at its instant. */
export function recordedEvents(set: RecordedSet): InputEvent[] {
  const stepMs = set.stepMinutes * 60_000;
  const events: InputEvent[] = [...rows(set.demand, set)].map(({ t, value }) =>
    demandEvent(t, value, stepMs),
  );
  if (set.weather !== undefined)
    for (const { t, value } of rows(set.weather, set)) events.push(weatherEvent(t, value));
  return events.sort((a, b) => a.availableAtMs - b.availableAtMs);
}
