import { planCsv } from '../collect/import.js';
import { buildProfile } from '../config/zone-profiles.js';
import type { RuntimeConfig, ZoneConfig } from '../config/types.js';
import { NowcastError } from '../contracts/errors.js';
import { toIso } from '../contracts/time.js';
import type { InputEvent } from '../features/input-event.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { toInputEvent } from '../nowcast/decode-input.js';
import { readOperatorCsv } from '../sources/csv/operator-csv.js';
import type { Donor } from '../train/pooling/donor.js';
import type { PoolingOptions } from '../train/pooling/pool.js';
import { OperatorForecast } from '../train/scoring/operator-forecast.js';
import { reportRow, reportSkipped } from './row-problems.js';

/** Of the command's options, those that say what to read. */
export interface BacktestInputOptions {
  readonly demand: string;
  readonly weather?: string;
  readonly operatorForecast?: string;
  /** The operator's forecast is an input, too. */
  readonly operatorInput?: true;
  readonly zone: string;
  readonly testFrom?: number;
  /** The zone is tested as if its history began here. */
  readonly trainFrom?: number;
  /** Zones of the demand file that lend rows to a short history. */
  readonly donorZones?: readonly string[];
  readonly horizons?: readonly number[];
  readonly timezone?: string;
  readonly holidays?: string;
}

export interface BacktestInputs {
  readonly events: readonly InputEvent[];
  readonly profile: ZoneProfile;
  readonly operator?: OperatorForecast;
  /** Present when zones that lend rows were named. */
  readonly pooling?: PoolingOptions;
}

/** @throws NowcastError ZONE_UNKNOWN, INPUT_INVALID, INPUT_EMPTY, CONFIG_INVALID */
export async function readBacktestInputs(
  options: BacktestInputOptions,
  config: RuntimeConfig,
): Promise<BacktestInputs> {
  const { operatorForecast, operatorInput } = options;
  const { plan, skipped } = await planCsv({
    demandPath: options.demand,
    ...(options.weather === undefined ? {} : { weatherPath: options.weather }),
    ...(operatorInput === true && operatorForecast !== undefined ? { operatorPath: operatorForecast } : {}),
    onProblem: reportRow,
    configuredStepMinutes: (one) => configuredStep(one, config) ?? configuredStep(options.zone, config),
  });
  reportSkipped(skipped, plan.totalRecords);
  const { zone, donorZones = [], trainFrom = Number.NEGATIVE_INFINITY, horizons } = options;
  const profileOf = (one: string, own: Partial<ZoneConfig>): ZoneProfile =>
    profileFor(one, own, options, plan.stepMinutes, config);
  const profile = profileOf(
    zone,
    horizons === undefined ? {} : { horizonsMinutes: horizons as [number, ...number[]] },
  );
  const donorProfiles = donorZones.map((one) => profileOf(one, {}));
  const operator = await readOperator(options);
  const events = new Map<string, InputEvent[]>([zone, ...donorZones].map((one) => [one, []]));
  for (const { records } of plan.chunks()) {
    for (const { topic, value } of records) events.get(value.zone)?.push(toInputEvent(topic, value));
  }
  return {
    events: (events.get(zone) ?? []).filter((event) => startOf(event) >= trainFrom),
    profile,
    ...(operator === null ? {} : { operator }),
    ...poolingOf(donorProfiles, events, config),
  };
}

/** @throws NowcastError USAGE when the configuration rules it out */
function poolingOf(
  donors: readonly ZoneProfile[],
  events: ReadonlyMap<string, readonly InputEvent[]>,
  { training: { pooling } }: RuntimeConfig,
): Pick<BacktestInputs, 'pooling'> {
  if (donors.length === 0) return {};
  if (pooling === null)
    throw new NowcastError('USAGE', '--donor-zones: the configuration says that zones are never pooled');
  const { maxHistoryDays } = pooling;
  const lend = (profile: ZoneProfile): Donor => ({ profile, events: () => events.get(profile.zone) ?? [] });
  return { pooling: { maxHistoryDays, donors: donors.map(lend) } };
}

function configuredStep(zone: string, { zones }: RuntimeConfig): number | null {
  return zones.find((one) => one.zone === zone)?.stepMinutes ?? null;
}

/** The interval of a measurement; a forecast is as old as its issue. */
function startOf(event: InputEvent): number {
  return event.type === 'forecast' ? event.issuedAtMs : event.validTimeMs;
}

function profileFor(
  zone: string,
  own: Partial<ZoneConfig>,
  { demand, timezone, holidays }: BacktestInputOptions,
  steps: ReadonlyMap<string, number>,
  config: RuntimeConfig,
): ZoneProfile {
  const stepMinutes = steps.get(zone);
  if (stepMinutes === undefined) throw zoneMissing(demand, 'demand', zone, [...steps.keys()]);
  const configured = config.zones.find((one) => one.zone === zone) ?? { zone };
  const overrides = {
    ...(timezone === undefined ? {} : { timeZone: timezone }),
    ...(holidays === undefined ? {} : { holidays }),
    ...own,
  };
  return buildProfile({ ...configured, ...overrides }, stepMinutes, config.quality);
}

/** Refused before the work begins when it has nothing to compare with. */
async function readOperator(options: BacktestInputOptions): Promise<OperatorForecast | null> {
  const { operatorForecast: file, zone, testFrom } = options;
  if (file === undefined) return null;
  const { zones, skipped, rows } = await readOperatorCsv(file, reportRow);
  reportSkipped(skipped, rows);
  const its = zones.find((one) => one.zone === zone);
  if (its === undefined)
    throw zoneMissing(
      file,
      'forecast',
      zone,
      zones.map((one) => one.zone),
    );
  if (testFrom !== undefined && its.timesMs.every((timeMs) => timeMs < testFrom)) {
    throw new NowcastError(
      'INPUT_EMPTY',
      `${file} has no forecast of zone ${zone} for a target at or after ${toIso(testFrom)}, where the test begins`,
    );
  }
  return new OperatorForecast(its);
}

function zoneMissing(file: string, what: string, zone: string, known: readonly string[]): NowcastError {
  return new NowcastError(
    'ZONE_UNKNOWN',
    `${file} has no ${what} of zone ${JSON.stringify(zone)}; it has ${known.join(', ')}`,
  );
}
