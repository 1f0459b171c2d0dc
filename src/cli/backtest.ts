import { closeSync, openSync, writeSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { planCsv } from '../collect/import.js';
import { buildProfile } from '../config/zone-profiles.js';
import type { RuntimeConfig } from '../config/types.js';
import { NowcastError } from '../contracts/errors.js';
import { toIso } from '../contracts/time.js';
import type { InputEvent } from '../features/input-event.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { toInputEvent } from '../nowcast/decode-input.js';
import { backtest, type BacktestResult } from '../train/backtest.js';
import type { BacktestPrediction } from '../train/backtest-rows.js';
import {
  configFrom,
  parsePositive,
  withCommonOptions,
  writeJson,
  parseTime,
  parseOutputFile,
  type CommonOptions,
} from './options.js';
import { startProgress } from './progress.js';
import { reportRow, reportSkipped } from './row-problems.js';
import { table } from './table.js';
import { parseHolidays, parseTimeZone } from './zone-options.js';

interface BacktestCommandOptions extends CommonOptions {
  demand: string;
  weather?: string;
  futureWeather: 'none' | 'perfect';
  zone: string;
  testFrom: number;
  horizons?: number[];
  timezone?: string;
  holidays?: string;
  refitEvery?: number;
  seed: number;
  json?: string | true;
  predictions?: string;
}

export function backtestCommand(): Command {
  return withCommonOptions(new Command('backtest'))
    .description(
      "train before a time, walk forward after it, and measure: the stream's own code on recorded data",
    )
    .requiredOption('--demand <file>', 'demand CSV: zone,time,mw (gzip or plain)')
    .option('--weather <file>', 'weather CSV: zone,time,temperature_c,...')
    .option(
      '--future-weather <kind>',
      'none: only what was known; perfect: the later observations stand in for a forecast',
      parseFuture,
      'none',
    )
    .requiredOption('--zone <name>', 'zone to test')
    .requiredOption(
      '--test-from <time>',
      'first target that is scored: a date (UTC) or an ISO 8601 time with offset',
      parseTime,
    )
    .option(
      '--horizons <minutes>',
      'horizons, separated by commas (default: those of the zone)',
      parseHorizons,
    )
    .option(
      '--timezone <name>',
      "IANA time zone of the zone (default: the configuration's, or UTC)",
      parseTimeZone,
    )
    .option(
      '--holidays <region>',
      "holidays, for example US-CA (default: the configuration's, or none)",
      parseHolidays,
    )
    .option('--refit-every <days>', 'train again after so many days of the test', parsePositive)
    .option('--seed <number>', 'seed of the training', parsePositive, 1)
    .option(
      '--json [file]',
      'the result, machine-readable; without a file to standard output',
      parseOutputFile,
    )
    .option('--predictions <file>', 'every scored forecast as CSV', parseOutputFile)
    .action(runBacktest);
}

async function runBacktest(options: BacktestCommandOptions): Promise<void> {
  const { events, profile } = await readEvents(options, configFrom(options));
  const progress = startProgress(`backtest ${profile.zone}`, 100);
  const shares = { train: [0, 60], walk: [60, 95], score: [95, 100] } as const;
  const predictions = options.predictions === undefined ? null : new PredictionsFile(options.predictions);
  const result = await backtest({
    events,
    profile,
    testFromMs: options.testFrom,
    futureWeather: options.futureWeather,
    seed: options.seed,
    ...(options.refitEvery === undefined ? {} : { refitEveryDays: options.refitEvery }),
    ...(predictions === null
      ? {}
      : {
          onPrediction: (row: BacktestPrediction) => {
            predictions.add(row);
          },
        }),
    onProgress: (stage, fraction) => {
      const [from, to] = shares[stage];
      progress.update(Math.round(from + (to - from) * fraction), stage);
    },
  });
  progress.stop();
  predictions?.close();
  if (options.json !== undefined) writeJson(options.json, result);
  else print(result);
}

async function readEvents(
  options: BacktestCommandOptions,
  config: RuntimeConfig,
): Promise<{ events: InputEvent[]; profile: ZoneProfile }> {
  const configured = config.zones.find(({ zone }) => zone === options.zone);
  const { plan, skipped } = await planCsv({
    demandPath: options.demand,
    ...(options.weather === undefined ? {} : { weatherPath: options.weather }),
    onProblem: reportRow,
    configuredStepMinutes: () => configured?.stepMinutes ?? null,
  });
  reportSkipped(skipped, plan.totalRecords);
  const stepMinutes = plan.stepMinutes.get(options.zone);
  if (stepMinutes === undefined) {
    const known = [...plan.stepMinutes.keys()].join(', ');
    throw new NowcastError(
      'ZONE_UNKNOWN',
      `${options.demand} has no demand of zone ${JSON.stringify(options.zone)}; it has ${known}`,
    );
  }
  const { timezone, holidays, horizons } = options;
  const overrides = {
    ...(timezone === undefined ? {} : { timeZone: timezone }),
    ...(holidays === undefined ? {} : { holidays }),
    ...(horizons === undefined ? {} : { horizonsMinutes: horizons as [number, ...number[]] }),
  };
  const profile = buildProfile({ ...(configured ?? { zone: options.zone }), ...overrides }, stepMinutes);
  const events: InputEvent[] = [];
  for (const { records } of plan.chunks()) {
    for (const { topic, value } of records)
      if (value.zone === options.zone) events.push(toInputEvent(topic, value));
  }
  return { events, profile };
}

function print({ zone, stepMinutes, trainedUntil, rows, trainSeconds, horizons }: BacktestResult): void {
  process.stdout.write(
    `${zone}, ${stepMinutes} min step, trained until ${trainedUntil} on ${rows} rows in ${trainSeconds.toFixed(1)} s; MAPE in percent\n`,
  );
  const header = [
    'horizon',
    'n',
    'MAPE',
    'RMSE MW',
    'bias MW',
    'coverage80',
    'persistence',
    'ramp 24 h',
    'ramp 7 d',
  ];
  const lines = horizons.map(({ minutes, n, mape, rmse, bias, coverage80, baselines }) => [
    `${minutes} min`,
    String(n),
    mape.toFixed(3),
    rmse.toFixed(1),
    bias.toFixed(1),
    coverage80.toFixed(1),
    baselines.persistence.toFixed(3),
    baselines.ramp24h.toFixed(3),
    baselines.ramp7d.toFixed(3),
  ]);
  process.stdout.write(table(header, lines));
}

/** Written in blocks: a backtest scores hundreds of thousands of rows. */
class PredictionsFile {
  private readonly file: number;
  private lines: string[] = ['zone,origin,target,horizon_minutes,mw,p10,p90,actual_mw,model_version'];

  constructor(path: string) {
    this.file = openSync(path, 'w');
  }

  add({
    zone,
    originMs,
    targetMs,
    horizonMinutes,
    mw,
    p10,
    p90,
    actualMw,
    modelVersion,
  }: BacktestPrediction): void {
    const numbers = [horizonMinutes, mw, p10, p90, actualMw].map((value) =>
      Number.isFinite(value) ? String(value) : '',
    );
    this.lines.push([csv(zone), toIso(originMs), toIso(targetMs), ...numbers, csv(modelVersion)].join(','));
    if (this.lines.length >= 10_000) this.flush();
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private flush(): void {
    if (this.lines.length > 0) writeSync(this.file, this.lines.join('\n') + '\n');
    this.lines = [];
  }
}

function csv(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function parseFuture(text: string): 'none' | 'perfect' {
  if (text === 'none' || text === 'perfect') return text;
  throw new InvalidArgumentError('expected none or perfect.');
}

function parseHorizons(text: string): number[] {
  const horizons = text.split(',').map(Number);
  if (horizons.every((minutes) => Number.isInteger(minutes) && minutes > 0))
    return horizons.sort((a, b) => a - b);
  throw new InvalidArgumentError('expected minutes separated by commas, for example 5,15,60.');
}
