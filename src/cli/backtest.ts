import { Command } from 'commander';
import { NowcastError } from '../contracts/errors.js';
import { DAY_MS } from '../contracts/time.js';
import { backtest, type BacktestResult } from '../train/backtest.js';
import { crossValidate, endOfDemand } from '../train/cross-validation.js';
import { summariseFolds } from '../train/fold-summary.js';
import { ReportCollector } from '../train/report/report-collector.js';
import { writeReport } from '../train/report/write-report.js';
import { zoneClock } from '../features/zone-clock.js';
import { provenanceOf } from './backtest-provenance.js';
import { type BacktestInputs, readBacktestInputs } from './backtest-inputs.js';
import { parseCount, parseFuture, parseHorizons, parseNames } from './backtest-values.js';
import { backtestText, foldsText } from './backtest-tables.js';
import {
  configFrom,
  parsePositive,
  withCommonOptions,
  writeJson,
  parseTime,
  parseOutputFile,
  type CommonOptions,
} from './options.js';
import { PredictionsFile } from './predictions-file.js';
import { startProgress } from './progress.js';
import { parseHolidays, parseTimeZone } from './zone-options.js';

interface BacktestCommandOptions extends CommonOptions {
  demand: string;
  weather?: string;
  futureWeather: 'none' | 'perfect';
  operatorForecast?: string;
  operatorInput?: true;
  zone: string;
  testFrom?: number;
  trainFrom?: number;
  donorZones?: string[];
  horizons?: number[];
  timezone?: string;
  holidays?: string;
  refitEvery?: number;
  folds?: number;
  foldDays?: number;
  seed: number;
  json?: string | true;
  predictions?: string;
  report?: string;
}

export function backtestCommand(): Command {
  const command = withCommonOptions(new Command('backtest'))
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
    .option(
      '--operator-forecast <file>',
      "the operator's own forecast to compare with, CSV: zone,time,mw[,issued_at]; with issued_at only what was issued by the origin counts",
    )
    .option(
      '--operator-input',
      'with --operator-forecast: models know it as well, from its issue time on; needs issued_at',
    )
    .requiredOption('--zone <name>', 'zone to test')
    .option(
      '--test-from <time>',
      'first target that is scored: a date (UTC) or an ISO 8601 time with offset; with --folds the end of the last fold',
      parseTime,
    )
    .option(
      '--train-from <time>',
      'test the zone as if its history began here (default: all of it)',
      parseTime,
    )
    .option(
      '--donor-zones <names>',
      'zones of the demand file, separated by commas, that lend rows while the history is short',
      parseNames,
    )
    .option(
      '--horizons <minutes>',
      'horizons, separated by commas (default: those of the zone)',
      parseHorizons,
    );
  return withZoneOptions(command)
    .option('--refit-every <days>', 'train again after so many days of the test', parsePositive)
    .option(
      '--folds <number>',
      'cross-validate instead: so many successive test blocks before --test-from, or before the end of the data',
      parseCount,
    )
    .option(
      '--fold-days <days>',
      'with --folds: length of a block (default: at most 28, and all blocks together at most half of the data)',
      parsePositive,
    )
    .option('--seed <number>', 'seed of the training', parsePositive, 1)
    .option(
      '--json [file]',
      'the result, machine-readable; without a file to standard output',
      parseOutputFile,
    )
    .option(
      '--predictions <file>',
      'every scored forecast as CSV (gzip when it ends in .gz)',
      parseOutputFile,
    )
    .option('--report <file>', 'one self-contained HTML file with plots', parseOutputFile)
    .action(runBacktest);
}

function withZoneOptions(command: Command): Command {
  return command
    .option(
      '--timezone <name>',
      "IANA time zone of the zone (default: the configuration's, or UTC)",
      parseTimeZone,
    )
    .option(
      '--holidays <region>',
      "holidays, for example US-CA (default: the configuration's, or none)",
      parseHolidays,
    );
}

async function runBacktest(options: BacktestCommandOptions): Promise<void> {
  requireUsage(options);
  const inputs = await readBacktestInputs(options, configFrom(options));
  if (options.folds === undefined) await runOnce(options, options.testFrom ?? 0, inputs);
  else await runFolds(options, options.folds, inputs);
}

/** What commander cannot know: which options belong together. @throws NowcastError USAGE */
function requireUsage(options: BacktestCommandOptions): void {
  const { testFrom, folds, foldDays, refitEvery, predictions, report, zone, donorZones } = options;
  const refuse = (message: string): never => {
    throw new NowcastError('USAGE', `${message}; see \`nowcast backtest --help\``);
  };
  if (options.operatorInput === true && options.operatorForecast === undefined)
    refuse('--operator-input is about a file; add --operator-forecast');
  if (donorZones?.includes(zone) === true)
    refuse('a zone is no donor of its own; leave it out of --donor-zones');
  if (folds === undefined) {
    if (testFrom === undefined)
      refuse("required option '--test-from <time>' not specified (or cross-validate with --folds)");
    if (foldDays !== undefined) refuse('--fold-days belongs to a cross-validation; add --folds');
    return;
  }
  if (predictions !== undefined) refuse('--predictions belongs to a single test; leave out --folds');
  if (report !== undefined) refuse('--report belongs to a single test; leave out --folds');
  if (refitEvery !== undefined)
    refuse('--refit-every belongs to a single test: every fold trains once; leave out --folds');
}

async function runOnce(
  options: BacktestCommandOptions,
  testFromMs: number,
  inputs: BacktestInputs,
): Promise<void> {
  const { profile, operator } = inputs;
  const { seed, futureWeather } = options;
  const predictions = options.predictions === undefined ? null : new PredictionsFile(options.predictions);
  const report = options.report === undefined ? null : new ReportCollector(profile, seed);
  const progress = startProgress(`backtest ${profile.zone}`, 100);
  const shares = { train: [0, 60], walk: [60, 95], score: [95, 100] } as const;
  const result = await backtest({
    events: inputs.events,
    profile,
    testFromMs,
    futureWeather,
    seed,
    ...(operator === undefined ? {} : { operator }),
    ...(options.refitEvery === undefined ? {} : { refitEveryDays: options.refitEvery }),
    ...(inputs.pooling === undefined ? {} : { fit: { pooling: inputs.pooling } }),
    ...(predictions === null
      ? {}
      : {
          onPrediction: (row) => {
            predictions.add(row);
          },
        }),
    observer: {
      ...(report === null ? {} : report.observer),
      ...(predictions === null ? {} : { ready: () => predictions.ready() }),
    },
    onProgress: (stage, fraction) => {
      const [from, to] = shares[stage];
      progress.update(Math.round(from + (to - from) * fraction), stage);
    },
  });
  progress.stop();
  await predictions?.close();
  warnUnmatched(options, result);
  if (report !== null && options.report !== undefined)
    await saveReport(options, options.report, inputs, result, report);
  say(options, result, backtestText(result));
}

async function saveReport(
  options: BacktestCommandOptions,
  file: string,
  inputs: BacktestInputs,
  result: BacktestResult,
  collector: ReportCollector,
): Promise<void> {
  const { demand, weather, operatorForecast, seed, futureWeather } = options;
  const { profile } = inputs;
  const findings = collector.findings();
  const read: [string, string | undefined][] = [
    ['demand file', demand],
    ['weather file', weather],
    ["operator's forecast file", operatorForecast],
  ];
  const files = read.flatMap(([what, name]) => (name === undefined ? [] : [[what, name] as const]));
  const args = process.argv.slice(2);
  const provenance = await provenanceOf({ files, args, inputs, result, findings, seed, futureWeather });
  const data = { result, findings, timeZone: profile.timeZone, provenance };
  await writeReport(file, data, zoneClock(profile.timeZone, profile.holidays));
  process.stderr.write(`report written to ${file}\n`);
}

async function runFolds(
  options: BacktestCommandOptions,
  folds: number,
  { events, profile, operator, pooling }: BacktestInputs,
): Promise<void> {
  const untilMs = options.testFrom ?? endOfDemand(events, profile);
  const foldDays = options.foldDays ?? defaultFoldDays(firstDemandMs(events), untilMs, folds);
  const progress = startProgress(`cross-validation ${profile.zone}`, 100);
  const results = await crossValidate(events, profile, {
    folds,
    foldDays,
    untilMs,
    seed: options.seed,
    futureWeather: options.futureWeather,
    ...(operator === undefined ? {} : { operator }),
    ...(pooling === undefined ? {} : { fit: { pooling } }),
    onProgress: (fold, fraction) => {
      progress.update(Math.round(100 * fraction), `fold ${fold} of ${folds}`);
    },
  });
  progress.stop();
  const summary = summariseFolds(results);
  const stepMinutes = results[0]?.stepMinutes;
  const json = { zone: profile.zone, stepMinutes, foldDays, summary, folds: results };
  say(options, json, foldsText(profile.zone, results, summary));
}

/** JSON on standard output stands alone there. */
function say({ json }: BacktestCommandOptions, value: unknown, text: string): void {
  if (json !== undefined) writeJson(json, value);
  if (json !== true) process.stdout.write(text);
}

function warnUnmatched({ operatorForecast }: BacktestCommandOptions, result: BacktestResult): void {
  if (operatorForecast === undefined || result.horizons.some(({ operator }) => operator !== undefined))
    return;
  const why = result.operator?.issueTime === 'known' ? ' that was issued by its origin' : '';
  process.stderr.write(`${operatorForecast}: no scored target has a forecast${why}; nothing is compared\n`);
}

function firstDemandMs(events: BacktestInputs['events']): number {
  let firstMs = Number.POSITIVE_INFINITY;
  for (const event of events) if (event.type === 'demand') firstMs = Math.min(firstMs, event.validTimeMs);
  return firstMs;
}

/** Whole days, at most four weeks; the first fold trains on half of the data or more. */
function defaultFoldDays(firstMs: number, untilMs: number, folds: number): number {
  return Math.max(1, Math.min(28, Math.floor((untilMs - firstMs) / DAY_MS / 2 / folds)));
}
