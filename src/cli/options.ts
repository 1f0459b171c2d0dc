import { writeFileSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import { loadConfig } from '../config/load-config.js';
import type { ConfigOverrides, RuntimeConfig } from '../config/types.js';

/** Options that most commands share. */
export interface CommonOptions {
  config?: string;
  envFile?: string;
  dataDir?: string;
  log?: string;
  history?: string;
}

export function withCommonOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file (JSON)')
    .option('--env-file <file>', 'file of NAME=value lines, as `npm run services:up` writes it')
    .option('--data-dir <dir>', 'where the embedded log, the history and the keys live (default .nowcast)')
    .option('--log <driver>', 'embedded or kafka')
    .option('--history <driver>', 'embedded or influx');
}

export function configFrom(options: CommonOptions, extra: ConfigOverrides = {}): RuntimeConfig {
  const { config, envFile, dataDir, log, history } = options;
  const given = { config, envFile, dataDir, log, history, ...extra };
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

/** `--json [file]`: true means standard output. */
export function writeJson(target: string | true, value: unknown): void {
  const text = JSON.stringify(value, null, 2) + '\n';
  if (target === true) process.stdout.write(text);
  else writeFileSync(target, text);
}
