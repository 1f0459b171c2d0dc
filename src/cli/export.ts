import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { fileProblem } from '../contracts/file-problem.js';
import { NowcastError } from '../contracts/errors.js';
import { exportRange } from '../export/export-range.js';
import { EXPORT_FORMATS, type ExportFormat } from '../export/formats.js';
import {
  EXPORT_KIND_NAMES,
  EXPORT_SOURCES,
  sourceFor,
  type ExportKind,
  type ExportRequest,
  type ExportSource,
} from '../export/kinds.js';
import { startExport } from '../export/open-export.js';
import { readDecoded } from '../log/read-decoded.js';
import { createLogger } from '../ops/logger.js';
import { openContext, type RoleContext } from '../roles/context.js';
import { configFrom, parseOutputFile, parseTime, withCommonOptions, type CommonOptions } from './options.js';
import { startProcessLife } from './process-life.js';

/** Demand records of a partition in which zones that the configuration does not know are looked for. */
const ZONE_SEARCH_RECORDS = 5_000;

interface ExportCommandOptions extends CommonOptions {
  kind: ExportKind;
  zone?: string[];
  from: number;
  to?: number;
  format?: ExportFormat;
  source?: ExportSource;
  horizon?: number;
  out?: string;
}

export function exportCommand(): Command {
  return withCommonOptions(new Command('export'))
    .description('write a table of the history or of the log as CSV, NDJSON or Parquet')
    .addOption(new Option('--kind <kind>', 'what to export').choices(EXPORT_KIND_NAMES).default('demand'))
    .option('--zone <zone...>', 'only these zones; all by default')
    .requiredOption('--from <time>', 'start, inclusive: a date in UTC, or ISO 8601 with offset', parseTime)
    .option('--to <time>', 'end, exclusive; all there is by default', parseTime)
    .addOption(
      new Option('--format <format>', 'by default what the name of --out ends in, or csv').choices(
        EXPORT_FORMATS,
      ),
    )
    .addOption(
      new Option(
        '--source <source>',
        'history: the latest value of each time; log: every record, corrections included',
      ).choices(EXPORT_SOURCES),
    )
    .option('--horizon <minutes>', 'of nowcasts, history and accuracy: only this horizon', parseHorizon)
    .option('--out <file>', 'file to write; standard output by default', parseOutputFile)
    .action(exportTable);
}

async function exportTable(options: ExportCommandOptions): Promise<void> {
  const source = sourceFor(options.kind, options.source);
  const range = exportRange(options.from, options.to ?? null, Date.now());
  const life = startProcessLife();
  const context = await openContext({
    config: configFrom(options),
    logger: createLogger({ level: 'warn', pretty: true }),
  });
  try {
    if (source === 'history') await context.history.open();
    await meetZones(context);
    const request: ExportRequest = {
      kind: options.kind,
      source,
      zones: options.zone ?? context.profiles.zones,
      everyZone: options.zone === undefined,
      ...range,
      ...(options.horizon === undefined ? {} : { horizonMinutes: options.horizon }),
    };
    const { log, codec, history, profiles } = context;
    const horizonsOf = (zone: string): readonly number[] => profiles.profile(zone).horizonsMinutes;
    let rows = 0;
    const bytes = await startExport(
      { log, codec, history, horizonsOf },
      request,
      formatOf(options),
      (count) => {
        rows += count;
      },
    );
    const written = await write(Readable.from(bytes, { objectMode: false }), options.out, life.signal);
    const what = `${options.kind} from the ${source}: ${rows} rows, ${written} bytes`;
    if (rows === 0)
      process.stderr.write(`nothing in that range; known zones: ${context.profiles.zones.join(', ')}\n`);
    process.stderr.write(`${what}${options.out === undefined ? '' : ` in ${options.out}`}\n`);
  } finally {
    await context.close();
  }
}

/** Makes the profiles know the zones of the log, and the steps of their data. */
async function meetZones({ log, codec, profiles }: RoleContext): Promise<void> {
  for await (const batch of readDecoded(log, codec, 'demand.observed', ZONE_SEARCH_RECORDS)) {
    for (const { decoded } of batch)
      if (decoded.ok) profiles.profile(decoded.value.zone, decoded.value.stepMinutes);
  }
}

/**
 * A file appears under its name only once it is whole.
 * @returns bytes written
 */
async function write(bytes: Readable, file: string | undefined, signal: AbortSignal): Promise<number> {
  const counter = new ByteCounter();
  if (file === undefined) {
    await pipeline(bytes, counter, process.stdout, { signal, end: false });
    return counter.count;
  }
  const partial = `${file}.part`;
  try {
    await pipeline(bytes, counter, createWriteStream(partial), { signal });
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    if (signal.aborted) throw new NowcastError('INTERNAL', `stopped before the end; ${file} was not written`);
    if (error instanceof NowcastError) throw error;
    throw new NowcastError('STORAGE_FAILED', `cannot write ${file}: ${fileProblem(error)}`, { cause: error });
  }
  return counter.count;
}

class ByteCounter extends Transform {
  count = 0;
  override _transform(chunk: Uint8Array, _encoding: BufferEncoding, done: TransformCallback): void {
    this.count += chunk.byteLength;
    done(null, chunk);
  }
}

function formatOf({ format, out }: ExportCommandOptions): ExportFormat {
  if (format !== undefined) return format;
  const ending = path.extname(out ?? '').slice(1);
  return EXPORT_FORMATS.find((known) => known === ending) ?? 'csv';
}

function parseHorizon(text: string): number {
  const minutes = Number(text);
  if (Number.isInteger(minutes) && minutes > 0) return minutes;
  throw new InvalidArgumentError('expected a whole number of minutes above 0.');
}
