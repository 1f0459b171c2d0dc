import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { fileProblem } from '../contracts/file-problem.js';
import { loadConfig } from '../config/load-config.js';
import type { RuntimeConfig } from '../config/types.js';
import { NowcastError } from '../contracts/errors.js';
import { parseIso } from '../contracts/time.js';

/** Options that most commands share. */
export interface CommonOptions {
  config?: string;
  envFile?: string;
  dataDir?: string;
  log?: string;
  history?: string;
  /** Of commands that listen. */
  port?: number;
  host?: string;
}

/** @param dataDir where the command keeps its data unless it is told otherwise */
export function withCommonOptions(command: Command, dataDir = '.nowcast'): Command {
  return command
    .option('--config <file>', 'configuration file (JSON)')
    .option('--env-file <file>', 'file of NAME=value lines, as `npm run services:up` writes it')
    .option('--data-dir <dir>', `where the embedded log, the history and the keys live (default ${dataDir})`)
    .addOption(
      new Option('--log <driver>', 'the event log; embedded by default').choices(['embedded', 'kafka']),
    )
    .addOption(
      new Option('--history <driver>', 'the history store; embedded by default').choices([
        'embedded',
        'influx',
      ]),
    );
}

export function configFrom(options: CommonOptions): RuntimeConfig {
  const { config, envFile, dataDir, log, history, port, host } = options;
  const given = { config, envFile, dataDir, log, history, port, host };
  return loadConfig(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('a port is a whole number from 0 (any free one) to 65535.');
}

export function parsePositive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('expected a number above 0.');
}

export function parseSpeed(text: string): number {
  return text === 'max' ? Number.POSITIVE_INFINITY : parsePositive(text);
}

/** `60s`, `5m`, `2h`, `28d` as milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const unit = match?.[2] as keyof typeof unitMs | undefined;
  if (match?.[1] !== undefined && unit !== undefined) return Number(match[1]) * unitMs[unit];
  throw new InvalidArgumentError('expected a duration such as 90s, 5m, 2h or 28d.');
}

/** A date (its start in UTC) or a time with offset, as epoch milliseconds. */
export function parseTime(text: string): number {
  try {
    return parseIso(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  } catch {
    throw new InvalidArgumentError(
      'expected a date such as 2019-05-15 or a time such as 2019-05-15T07:00:00Z.',
    );
  }
}

/** A file to write; refused before the work begins rather than after it. */
export function parseOutputFile(file: string): string {
  try {
    accessSync(path.dirname(path.resolve(file)), constants.W_OK);
  } catch (error) {
    throw new InvalidArgumentError(`its folder cannot be written to: ${fileProblem(error)}.`);
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new InvalidArgumentError('it is a folder; name a file.');
  return file;
}

/** `--json [file]`: true means standard output. @throws NowcastError STORAGE_FAILED when the file cannot be written */
export function writeJson(target: string | true, value: unknown): void {
  const text = JSON.stringify(value, null, 2) + '\n';
  if (target === true) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(target, text);
  } catch (error) {
    throw new NowcastError('STORAGE_FAILED', `cannot write ${target}: ${fileProblem(error)}`, {
      cause: error,
    });
  }
}
