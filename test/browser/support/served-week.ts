import type {
  Accuracy,
  DemandObservation,
  Nowcast,
  QualitySummary,
  WeatherObservation,
} from '../../../src/contracts/records.js';
import type { ZoneConfig } from '../../../src/config/types.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, toIso } from '../../../src/contracts/time.js';
import { supplyOf } from '../../contract/history-contract/samples.js';
import { makeDemand, makeForecast, makeModel } from '../../feed/records.js';
import { Serving, type ServingOptions } from '../../feed/serving.js';

const STEP_MS = 5 * MINUTE_MS;
const HORIZONS = [5, 15, 60, 180, 360, 720, 1440] as const;
const NEW_MODEL_AGO_MS = 30 * HOUR_MS;

export const ZONES = ['NORTH', 'SOUTH', 'LATE'] as const;
export type Zone = (typeof ZONES)[number];
export const OLD_MODEL = 'north-20250101T0000Z-aaaaaa01';
export const NEW_MODEL = 'north-20250301T0000Z-bbbbbb02';

const CONFIGS: readonly ZoneConfig[] = ZONES.map((zone) => ({
  zone,
  name: `Zone ${zone}`,
  timeZone: 'America/Los_Angeles',
  stepMinutes: 5,
  horizonsMinutes: [...HORIZONS],
}));

/** A smooth day with an evening peak; every instant has one value, so what was predicted can be checked. */
export function demandAt(zone: Zone, timeMs: number): number {
  const size = { NORTH: 10_000, SOUTH: 12_000, LATE: 90 }[zone];
  return size * (1 + 0.2 * Math.sin((2 * Math.PI * timeMs) / DAY_MS) + 0.02 * Math.sin(timeMs / HOUR_MS));
}

/** What was predicted at an origin: 1 % too high, with a band that holds the truth. */
export function nowcastAt(zone: Zone, originMs: number, endMs: number, revision = 0): Nowcast {
  const step = (horizonMinutes: number): Nowcast['steps'][number] => {
    const targetMs = originMs + horizonMinutes * MINUTE_MS;
    const mw = demandAt(zone, targetMs) * 1.01;
    return { target: toIso(targetMs), horizonMinutes, mw, p10: mw * 0.97, p90: mw * 1.02 };
  };
  const [first, ...rest] = HORIZONS;
  return {
    zone,
    origin: toIso(originMs),
    issuedAt: toIso(originMs + 6 * MINUTE_MS),
    modelVersion: originMs < endMs - NEW_MODEL_AGO_MS ? OLD_MODEL : NEW_MODEL,
    revision,
    quality: 'ok',
    reasons: [],
    latestDemandMw: demandAt(zone, originMs),
    inputs: { demandAgeMs: MINUTE_MS, weatherAgeMs: 10 * MINUTE_MS },
    steps: [step(first), ...rest.map(step)],
  };
}

export function demandOf(zone: Zone, timeMs: number): DemandObservation {
  return makeDemand(zone, timeMs, demandAt(zone, timeMs));
}

function weatherOf(zone: Zone, timeMs: number): WeatherObservation {
  return {
    zone,
    kind: 'observed',
    validTime: toIso(timeMs),
    availableAt: toIso(timeMs),
    source: 'test',
    revision: 0,
    temperatureC: 20 + 8 * Math.sin((2 * Math.PI * timeMs) / DAY_MS),
  };
}

function scoresOf(zone: Zone, atMs: number): Accuracy[] {
  return (['1h', '24h', '7d'] as const).flatMap((window) =>
    HORIZONS.map((horizonMinutes, index) => ({
      zone,
      horizonMinutes,
      window,
      at: toIso(atMs),
      n: 288,
      mape: 0.2 + 0.3 * index,
      bias: 12.5,
      coverage80: 80 - index,
      skill: 0.4,
    })),
  );
}

/** Gas and nuclear always, solar by day, batteries that charge by day. */
function fuelsAt(timeMs: number): Record<string, number> {
  const sun = Math.max(0, Math.sin((2 * Math.PI * (timeMs - 14 * HOUR_MS)) / DAY_MS));
  return { nuclear: 2200, 'natural-gas': 5000 - 2000 * sun, solar: 6000 * sun, batteries: 900 - 2000 * sun };
}

/** A day of 288 intervals; with findings, an hour of it is missing. */
function summaryOf(zone: Zone, day: string, byRule: Readonly<Record<string, number>>): QualitySummary {
  const missing = Object.keys(byRule).length === 0 ? 0 : 12;
  return {
    zone,
    day,
    from: `${day}T08:00:00Z`,
    until: `${day}T23:59:00Z`,
    at: `${day}T23:59:30Z`,
    intervals: { expected: 288, present: 288 - missing, missing },
    completenessPercent: (100 * (288 - missing)) / 288,
    values: { total: 290, quarantined: byRule['spike'] ?? 0 },
    quarantinedPercent: (100 * (byRule['spike'] ?? 0)) / 290,
    gaps: { count: byRule['gap'] ?? 0, longestMinutes: 5 * missing },
    byRule,
  };
}

function range(fromMs: number, toMs: number, everyMs: number): number[] {
  return Array.from({ length: Math.ceil((toMs - fromMs) / everyMs) }, (_, index) => fromMs + index * everyMs);
}

/** A real serving side that holds a week of three zones; the data of one of them ended three hours ago. */
export class ServedWeek {
  private constructor(
    readonly serving: Serving,
    /** Start of the newest interval of the zones that are up to date, epoch ms. */
    readonly lastMs: number,
  ) {}

  static async start(options: ServingOptions = {}): Promise<ServedWeek> {
    const serving = await Serving.start({
      zoneConfigs: CONFIGS,
      access: { perAddress: 100_000 },
      ...options,
    });
    const lastMs = Math.floor(Date.now() / STEP_MS) * STEP_MS - STEP_MS;
    const week = new ServedWeek(serving, lastMs);
    for (const zone of ZONES) await week.fill(zone);
    await week.fillRest();
    return week;
  }

  get url(): string {
    return `${this.serving.url}/`;
  }

  /** The newest interval of a zone. */
  lastOf(zone: Zone): number {
    return zone === 'LATE' ? this.lastMs - 3 * HOUR_MS : this.lastMs;
  }

  /** A new value and a new nowcast of a zone arrive, as they would live. @returns the origin */
  async advance(zone: Zone, steps: number): Promise<number> {
    const originMs = this.lastOf(zone) + steps * STEP_MS;
    await this.serving.append('demand.observed', [demandOf(zone, originMs)]);
    await this.serving.append('nowcasts', [nowcastAt(zone, originMs, this.lastMs)]);
    return originMs;
  }

  private async fill(zone: Zone): Promise<void> {
    const last = this.lastOf(zone);
    const times = range(last - 8 * DAY_MS, last + 1, STEP_MS);
    await this.serving.history.write({
      demand: times.map((timeMs) => demandOf(zone, timeMs)),
      nowcasts: times.map((timeMs) => nowcastAt(zone, timeMs, this.lastMs)),
      weather: range(last - 8 * DAY_MS, last, HOUR_MS).map((timeMs) => weatherOf(zone, timeMs)),
    });
    await this.serving.append('demand.observed', [demandOf(zone, last)]);
    await this.serving.append('nowcasts', [nowcastAt(zone, last, this.lastMs)]);
    await this.serving.append('accuracy', scoresOf(zone, last));
  }

  private async fillRest(): Promise<void> {
    const { serving, lastMs } = this;
    await serving.history.write({
      supply: range(lastMs - DAY_MS, lastMs + 1, STEP_MS).map((timeMs) =>
        supplyOf('NORTH', timeMs, fuelsAt(timeMs)),
      ),
    });
    const hour = Math.floor(lastMs / HOUR_MS) * HOUR_MS;
    await serving.append(
      'demand.forecast',
      range(hour - 7 * DAY_MS, hour + DAY_MS, HOUR_MS).map((timeMs) =>
        makeForecast({
          zone: 'NORTH',
          product: 'caiso-dam',
          validTime: toIso(timeMs),
          availableAt: toIso(timeMs - 26 * HOUR_MS),
          demandMw: demandAt('NORTH', timeMs) * 0.96,
        }),
      ),
    );
    const at = (agoMs: number): string => toIso(lastMs - agoMs);
    await serving.append('models', [
      { ...makeModel(OLD_MODEL, 'NORTH', 'retired'), statusAt: at(NEW_MODEL_AGO_MS) },
      { ...makeModel(NEW_MODEL, 'NORTH'), statusAt: at(NEW_MODEL_AGO_MS) },
      {
        ...makeModel('north-20250302T0000Z-cccccc03', 'NORTH', 'rejected'),
        statusAt: at(HOUR_MS),
        statusReason: 'gate: worse than the champion beyond noise',
      },
    ]);
    const alert = {
      id: 'demand_late/LATE',
      kind: 'demand_late' as const,
      severity: 'warning' as const,
      state: 'raised' as const,
      zone: 'LATE',
      at: at(2 * HOUR_MS),
      message: 'demand of LATE is late',
      value: 180,
      threshold: 15,
    };
    await serving.append('alerts', [
      alert,
      { ...alert, id: 'gone', message: 'accuracy of NORTH' },
      { ...alert, id: 'gone', message: 'accuracy of NORTH is back', state: 'resolved' as const },
    ]);
    const run = {
      id: 'run-1',
      zone: 'NORTH',
      kind: 'daily' as const,
      status: 'succeeded' as const,
      startedAt: at(31 * HOUR_MS),
      finishedAt: at(NEW_MODEL_AGO_MS),
      stages: [{ name: 'fit', durationMs: 61_000 }],
      rows: 10,
      peakRssBytes: null,
      modelVersion: NEW_MODEL,
      error: null,
    };
    await serving.append('training.runs', [run]);
    await serving.append('quality.summaries', [
      summaryOf('NORTH', '2025-03-08', {}),
      summaryOf('NORTH', '2025-03-09', { late: 2, spike: 3, gap: 1, frozen: 12 }),
      summaryOf('SOUTH', '2025-03-09', {}),
    ]);
    await serving.append('quality.events', [
      {
        zone: 'SOUTH',
        rule: 'spike',
        severity: 'warning',
        action: 'quarantined',
        validTime: at(HOUR_MS),
        detectedAt: at(HOUR_MS),
        source: 'test',
        value: 99_999,
        message: 'a spike',
      },
    ]);
  }
}
