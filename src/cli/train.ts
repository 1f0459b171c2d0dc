import { Command, Option } from 'commander';
import { NowcastError } from '../contracts/errors.js';
import type { TrainingSettings } from '../config/training-settings.js';
import { createLogger } from '../ops/logger.js';
import { openContext } from '../roles/context.js';
import { startOpsServer } from '../roles/ops-server.js';
import { runTraining } from '../roles/run-training.js';
import { startTrainRole } from '../roles/train-role.js';
import type { ZoneTrainingOutcome } from '../train/trainer.js';
import {
  configFrom,
  parsePort,
  withCommonOptions,
  writeJson,
  parseTime,
  parseOutputFile,
  type CommonOptions,
} from './options.js';
import { startProcessLife } from './process-life.js';
import { table } from './table.js';
import { trainingProgress } from './training-progress.js';
import { parseHolidays, parseTimeZone, parseZones } from './zone-options.js';

interface TrainOptions extends CommonOptions {
  zones?: readonly string[];
  until?: number;
  kind?: 'daily' | 'weekly';
  json?: string | true;
  timezone: string;
  holidays?: string;
}

export function trainCommand(): Command {
  return withCommonOptions(new Command('train'))
    .description(
      'with --zones: train now from the log, publish, exit; without: the train role, by schedule and request',
    )
    .option('--zones <list>', 'zones separated by commas, or ALL', parseZones)
    .addOption(
      new Option(
        '--kind <kind>',
        'with --zones: daily, or weekly for a deep training (validation, search, cross-validation, ablation, report)',
      ).choices(['daily', 'weekly']),
    )
    .option(
      '--until <time>',
      'with --zones: use nothing that became available later (a date in UTC, or ISO 8601 with offset)',
      parseTime,
    )
    .option(
      '--timezone <name>',
      'time zone of zones that the configuration does not know',
      parseTimeZone,
      'UTC',
    )
    .option('--holidays <region>', 'holidays of such zones, for example US-CA (default: none)', parseHolidays)
    .option(
      '--json [file]',
      'with --zones: what came of it, machine-readable; without a file to standard output',
      parseOutputFile,
    )
    .option(
      '--port <port>',
      'port of health and metrics of the role (default 8080; 0 picks a free one)',
      parsePort,
    )
    .option('--host <address>', 'address to bind (default 127.0.0.1: this machine only)')
    .action((options: TrainOptions) =>
      options.zones === undefined ? trainRole(options) : trainOnce(options, options.zones),
    );
}

async function openTrainContext(options: TrainOptions) {
  const config = configFrom(options);
  const { timezone: timeZone, holidays = '' } = options;
  const logger = createLogger({ level: config.logLevel, pretty: process.stderr.isTTY });
  return openContext({ config, logger, requiredChecks: ['log'], unknownZones: { timeZone, holidays } });
}

async function trainRole(options: TrainOptions): Promise<void> {
  if (options.until !== undefined || options.json !== undefined || options.kind !== undefined) {
    const message =
      '--until, --kind and --json belong to a training that is run now; add --zones ALL or name the zones';
    throw new NowcastError('USAGE', message);
  }
  const life = startProcessLife();
  const context = await openTrainContext(options);
  const ops = await startOpsServer(context);
  process.stdout.write(`train role; health and metrics on ${ops.url}\n`);
  const role = await startTrainRole(context, life.fail);
  context.logger.info(schedulesOf(context.config.training), 'training by schedule and on request');
  try {
    await life.over;
  } finally {
    await role.close();
    await ops.close();
    await context.close();
  }
}

function schedulesOf({ daily, weekly }: TrainingSettings): Record<string, string> {
  return {
    daily: daily ?? 'never',
    weekly: weekly === null ? 'never' : `${weekly.day} ${weekly.time}`,
  };
}

async function trainOnce(options: TrainOptions, zones: readonly string[]): Promise<void> {
  const life = startProcessLife();
  const context = await openTrainContext(options);
  try {
    const outcomes = await runTraining(context, {
      kind: options.kind ?? 'demand',
      zones,
      nowMs: context.now(),
      onProgress: trainingProgress(),
      onWaiting: (zone, { trainer, id }) => {
        const who =
          trainer === undefined ? 'another trainer' : `process ${trainer.processId} on ${trainer.host}`;
        process.stderr.write(
          `zone ${zone} is in training by ${who} (run ${id}); its turn comes after that\n`,
        );
      },
      signal: life.signal,
      ...(options.until === undefined ? {} : { untilMs: options.until }),
    });
    if (outcomes.length === 0) {
      throw new NowcastError(
        'TRAINING_DATA_SHORT',
        'the log holds no demand; import some with `nowcast import --demand FILE`',
      );
    }
    report(outcomes, options.json);
    const failed = outcomes.filter(({ status }) => status === 'failed');
    if (failed.length > 0) {
      const why = failed.map(({ zone, error }) => `${zone}: ${error?.message ?? 'unknown'}`).join('; ');
      throw new NowcastError(
        'TRAINING_FAILED',
        `training failed for ${failed.length} of ${outcomes.length} zones: ${why}`,
      );
    }
  } finally {
    await context.close();
  }
}

function report(outcomes: readonly ZoneTrainingOutcome[], json: string | true | undefined): void {
  if (json !== undefined) {
    writeJson(
      json,
      outcomes.map(({ zone, status, rows, seconds, model, error }) => ({
        zone,
        status,
        rows,
        seconds,
        version: model?.version ?? null,
        metrics: model?.manifest.metrics ?? [],
        error: error?.message ?? null,
      })),
    );
    return;
  }
  const rows = outcomes.map(({ zone, status, rows: used, seconds, model }) => [
    zone,
    status,
    model?.version ?? '-',
    String(used),
    `${seconds.toFixed(1)} s`,
  ]);
  process.stdout.write(table(['zone', 'outcome', 'version', 'rows', 'time'], rows));
}
