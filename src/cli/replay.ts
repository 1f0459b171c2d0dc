import { Command } from 'commander';
import { planCsv } from '../collect/import.js';
import { DAY_MS } from '../contracts/time.js';
import { createLogger } from '../ops/logger.js';
import { openContext } from '../roles/context.js';
import { runReplay } from '../roles/replay.js';
import { quarantinedValues, summariseReplay } from '../roles/replay-summary.js';
import { startServeRole } from '../roles/serve-role.js';
import { startStreamRole } from '../roles/stream-role.js';
import { VirtualClock } from '../roles/virtual-clock.js';
import {
  configFrom,
  parseDuration,
  parsePort,
  parseSpeed,
  withCommonOptions,
  type CommonOptions,
} from './options.js';
import { startProcessLife } from './process-life.js';
import { startProgress } from './progress.js';
import { reportRow, reportSkipped } from './row-problems.js';
import { printSummary } from './summary.js';
import { parseHolidays, parseTimeZone } from './zone-options.js';

interface ReplayOptions extends CommonOptions {
  demand: string;
  weather?: string;
  operatorForecast?: string;
  speed?: number;
  exit?: true;
  trainEvery?: number;
  train: boolean;
  timezone: string;
  holidays?: string;
}

export function replayCommand(): Command {
  return withCommonOptions(new Command('replay'))
    .description(
      'play recorded demand through the whole pipeline as if live: log, stream, training, history, feed',
    )
    .requiredOption('--demand <file>', 'demand CSV: zone,time,mw (gzip or plain)')
    .option('--weather <file>', 'weather CSV: zone,time,temperature_c,...')
    .option(
      '--operator-forecast <file>',
      "the operator's own forecast as an input, CSV: zone,time,mw,issued_at; known from its issue time on",
    )
    .option('--speed <factor>', 'recorded seconds per second, or max (the default)', parseSpeed)
    .option('--exit', 'exit when everything has been played and recorded; otherwise go on serving')
    .option(
      '--port <port>',
      'port of the page, the API and the feed (default 8080; 0 picks a free one)',
      parsePort,
    )
    .option(
      '--train-every <duration>',
      'train after this much recorded time, and again each time (default 28d)',
      parseDuration,
    )
    .option('--no-train', 'train nothing: use the models in the log, or baselines')
    .option(
      '--timezone <name>',
      'time zone of zones that the configuration does not know',
      parseTimeZone,
      'UTC',
    )
    .option('--holidays <region>', 'holidays of such zones, for example US-CA (default: none)', parseHolidays)
    .action(replay);
}

async function replay(options: ReplayOptions): Promise<void> {
  const life = startProcessLife();
  const config = configFrom(options);
  const logger = createLogger({ level: config.logLevel, pretty: true });
  const clock = new VirtualClock(0);
  const { timezone: timeZone, holidays = '' } = options;
  const context = await openContext({ config, logger, now: clock.now, unknownZones: { timeZone, holidays } });
  const { plan, skipped } = await planCsv({
    demandPath: options.demand,
    ...(options.weather === undefined ? {} : { weatherPath: options.weather }),
    ...(options.operatorForecast === undefined ? {} : { operatorPath: options.operatorForecast }),
    onProblem: reportRow,
    configuredStepMinutes: (zone) => context.profiles.configuredStepMinutes(zone),
  });
  reportSkipped(skipped, plan.totalRecords);
  clock.advanceTo(plan.firstAvailableAtMs);
  const stream = await startStreamRole(context, { live: false, held: true, onFatal: life.fail });
  const serve = await startServeRole(context, {
    roles: ['replay', 'stream', 'train', 'serve'],
    startedAtMs: Date.now(),
  });
  process.stderr.write(`replaying to ${serve.url}\n`);
  const progress = startProgress('replay', plan.totalRecords);
  const counts = await runReplay(context, stream, {
    plan,
    speed: options.speed ?? Number.POSITIVE_INFINITY,
    trainEveryMs: options.train ? (options.trainEvery ?? 28 * DAY_MS) : null,
    clock,
    signal: life.signal,
    onProgress: (done, note) => {
      progress.update(done, note);
    },
  });
  progress.stop();
  if (!life.signal.aborted) {
    const quarantined = await quarantinedValues(context.log, context.codec);
    const summaries = [];
    for (const [zone, step] of plan.stepMinutes) {
      const { horizonsMinutes } = context.profiles.profile(zone, step);
      const { firstAvailableAtMs: from, lastAvailableAtMs: to } = plan;
      summaries.push(
        ...(await summariseReplay(context.history, zone, horizonsMinutes, quarantined, from, to)),
      );
    }
    printSummary(counts, summaries);
    if (options.exit) life.end();
    else process.stderr.write(`everything is played; still serving on ${serve.url} (Ctrl-C ends it)\n`);
  }
  try {
    await life.over;
  } finally {
    await serve.close();
    await stream.close();
    await context.close();
  }
}
