import { Command, Option } from 'commander';
import { backfill, type BackfillReport } from '../collect/backfill.js';
import { ObservationPublisher } from '../collect/publisher.js';
import { PublishingTurn, SharedPublisher } from '../collect/shared-publisher.js';
import { NowcastError } from '../contracts/errors.js';
import { DAY_MS } from '../contracts/time.js';
import { createLogger } from '../ops/logger.js';
import { sleep } from '../ops/retry.js';
import { openSources } from '../roles/collectors.js';
import type { SourcePart } from '../roles/source-part.js';
import { openContext, type RoleContext } from '../roles/context.js';
import {
  configFrom,
  parseOutputFile,
  parseTime,
  withCommonOptions,
  writeJson,
  type CommonOptions,
} from './options.js';
import { startProcessLife } from './process-life.js';
import { startProgress } from './progress.js';

interface BackfillOptions extends CommonOptions {
  source: 'caiso' | 'weather';
  from: number;
  to: number;
  weather: boolean;
  json?: string | true;
}

/** A day's file is read as a whole, so values up to a day around the range may be met again. */
const MARGIN_MS = 2 * DAY_MS;

export function backfillCommand(): Command {
  return withCommonOptions(new Command('backfill'))
    .description('fetch history from a source into the log; run it again to go on after an interruption')
    .addOption(
      new Option(
        '--source <name>',
        'caiso: demand of the configured zones, and their weather; weather: weather alone',
      )
        .choices(['caiso', 'weather'])
        .makeOptionMandatory(),
    )
    .requiredOption('--from <time>', 'first interval, a date or a time with offset', parseTime)
    .requiredOption('--to <time>', 'end, not included', parseTime)
    .option('--no-weather', 'demand only')
    .option(
      '--json [file]',
      'what was fetched, machine-readable; without a file to standard output',
      parseOutputFile,
    )
    .action(run);
}

async function run(options: BackfillOptions): Promise<void> {
  const { from, to } = options;
  if (!(from < to)) throw new NowcastError('USAGE', '--from must be before --to');
  const life = startProcessLife();
  const config = configFrom(options);
  const context = await openContext({
    config,
    logger: createLogger({ level: config.logLevel, pretty: true }),
  });
  try {
    const reports = await fetchAll(context, options, Math.min(to, Date.now()), life.signal);
    if (options.json !== undefined) writeJson(options.json, reports);
    else for (const [name, report] of Object.entries(reports)) process.stdout.write(sentence(name, report));
  } finally {
    await context.close();
  }
}

async function fetchAll(
  { config, log, codec, logger }: RoleContext,
  { from, source, weather }: BackfillOptions,
  toMs: number,
  signal: AbortSignal,
): Promise<Record<string, BackfillReport>> {
  const pacer = { nowMs: Date.now, sleep };
  const publishing = new PublishingTurn(config.dataDir, pacer, signal);
  const publisher = new SharedPublisher(new ObservationPublisher(log, codec), publishing);
  await publisher.restore({ sinceMs: from - MARGIN_MS });
  const opened = openSources({
    config,
    publisher,
    pacer,
    signal,
    onRequest: (host, outcome, seconds) => {
      logger.debug({ host, outcome, seconds }, 'request');
    },
  });
  const isWanted = ({ name }: SourcePart): boolean =>
    name === 'open-meteo' ? source === 'weather' || weather : source === 'caiso' && name.startsWith('caiso');
  const reports: Record<string, BackfillReport> = {};
  try {
    for (const part of opened.parts.filter(isWanted)) {
      const chunks = part.history(from, toMs);
      if (chunks.length === 0) continue;
      const progress = startProgress(`backfill ${part.name}`, chunks.length);
      try {
        reports[part.name] = await backfill(chunks, signal, (done, _total, label) => {
          progress.update(done, label);
        });
      } finally {
        progress.stop();
      }
    }
  } finally {
    await opened.close();
    await publishing.close();
  }
  if (Object.keys(reports).length > 0) return reports;
  throw new NowcastError('INPUT_EMPTY', 'nothing to fetch: no zone of the configuration has such a source');
}

function sentence(
  name: string,
  { published, revised, chunks, skipped, empty, problems, complete }: BackfillReport,
): string {
  const end = complete ? '' : '; stopped before the end, run the same command again to go on';
  const left = problems.length - empty;
  return (
    `${name}: ${published} records written (${revised} of them corrections); ${chunks} requests planned, ` +
    `${skipped} not needed, ${empty} without data; ${left} rows left out${end}\n`
  );
}
