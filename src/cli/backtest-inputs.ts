import { planCsv } from '../collect/import.js';
import { buildProfile } from '../config/zone-profiles.js';
import type { RuntimeConfig } from '../config/types.js';
import { NowcastError } from '../contracts/errors.js';
import { toIso } from '../contracts/time.js';
import type { InputEvent } from '../features/input-event.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { toInputEvent } from '../nowcast/decode-input.js';
import { readOperatorCsv } from '../sources/csv/operator-csv.js';
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
  readonly horizons?: readonly number[];
  readonly timezone?: string;
  readonly holidays?: string;
}

export interface BacktestInputs {
  readonly events: readonly InputEvent[];
  readonly profile: ZoneProfile;
  readonly operator?: OperatorForecast;
}

/** @throws NowcastError ZONE_UNKNOWN, INPUT_INVALID, INPUT_EMPTY, CONFIG_INVALID */
export async function readBacktestInputs(
  options: BacktestInputOptions,
  config: RuntimeConfig,
): Promise<BacktestInputs> {
  const { operatorForecast, operatorInput } = options;
  const configured = config.zones.find(({ zone }) => zone === options.zone);
  const { plan, skipped } = await planCsv({
    demandPath: options.demand,
    ...(options.weather === undefined ? {} : { weatherPath: options.weather }),
    ...(operatorInput === true && operatorForecast !== undefined ? { operatorPath: operatorForecast } : {}),
    onProblem: reportRow,
    configuredStepMinutes: () => configured?.stepMinutes ?? null,
  });
  reportSkipped(skipped, plan.totalRecords);
  const stepMinutes = plan.stepMinutes.get(options.zone);
  if (stepMinutes === undefined)
    throw zoneMissing(options.demand, 'demand', options.zone, [...plan.stepMinutes.keys()]);
  const { timezone, holidays, horizons } = options;
  const overrides = {
    ...(timezone === undefined ? {} : { timeZone: timezone }),
    ...(holidays === undefined ? {} : { holidays }),
    ...(horizons === undefined ? {} : { horizonsMinutes: horizons as [number, ...number[]] }),
  };
  const profile = buildProfile(
    { ...(configured ?? { zone: options.zone }), ...overrides },
    stepMinutes,
    config.quality,
  );
  const operator = await readOperator(options);
  const events: InputEvent[] = [];
  for (const { records } of plan.chunks()) {
    for (const { topic, value } of records)
      if (value.zone === options.zone) events.push(toInputEvent(topic, value));
  }
  return { events, profile, ...(operator === null ? {} : { operator }) };
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
