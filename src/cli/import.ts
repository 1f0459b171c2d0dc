import { Command } from 'commander';
import { importCsv } from '../collect/import.js';
import { ObservationPublisher } from '../collect/publisher.js';
import { toIso } from '../contracts/time.js';
import { createLogger } from '../ops/logger.js';
import { openContext } from '../roles/context.js';
import { configFrom, withCommonOptions, writeJson, parseOutputFile, type CommonOptions } from './options.js';
import { startProcessLife } from './process-life.js';
import { startProgress, type Progress } from './progress.js';
import { reportRow } from './row-problems.js';

interface ImportCommandOptions extends CommonOptions {
  demand: string;
  weather?: string;
  json?: string | true;
}

export function importCommand(): Command {
  return withCommonOptions(new Command('import'))
    .description('write recorded history into the log; run it again to go on after an interruption')
    .requiredOption('--demand <file>', 'demand CSV: zone,time,mw (gzip or plain)')
    .option('--weather <file>', 'weather CSV: zone,time,temperature_c,...')
    .option(
      '--json [file]',
      'what was imported, machine-readable; without a file to standard output',
      parseOutputFile,
    )
    .action(importHistory);
}

async function importHistory(options: ImportCommandOptions): Promise<void> {
  const life = startProcessLife();
  const config = configFrom(options);
  const context = await openContext({
    config,
    logger: createLogger({ level: config.logLevel, pretty: true }),
  });
  let progress: Progress | undefined;
  try {
    const report = await importCsv(new ObservationPublisher(context.log, context.codec), {
      demandPath: options.demand,
      ...(options.weather === undefined ? {} : { weatherPath: options.weather }),
      onProblem: reportRow,
      configuredStepMinutes: (zone) => context.profiles.configuredStepMinutes(zone),
      signal: life.signal,
      onProgress: (done, total) => {
        progress ??= startProgress('import', total);
        progress.update(done);
      },
    });
    progress?.stop();
    if (options.json !== undefined) writeJson(options.json, report);
    else {
      const { published, unchanged, revised, skipped, zones, complete } = report;
      const span = `${toIso(report.firstAvailableAtMs)} .. ${toIso(report.lastAvailableAtMs)}`;
      process.stdout.write(
        `${zones.join(', ')}: ${published} records written (${revised} of them corrections), ${unchanged} already there, ${skipped} rows skipped; ${span}\n`,
      );
      if (!complete) process.stdout.write('stopped before the end; run the same command again to go on\n');
    }
  } finally {
    await context.close();
  }
}
