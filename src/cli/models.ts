import { Command } from 'commander';
import { NowcastError } from '../contracts/errors.js';
import type { ModelRecord } from '../contracts/records.js';
import { readModels } from '../model/model-catalogue.js';
import { createLogger } from '../ops/logger.js';
import { openContext, type RoleContext } from '../roles/context.js';
import { configFrom, withCommonOptions, writeJson, parseOutputFile, type CommonOptions } from './options.js';
import { changeCommands, type ModelsOptions } from './model-changes.js';
import { table } from './table.js';

export function modelsCommand(): Command {
  const models = new Command('models').description(
    'list, show, verify, promote, roll back or export published model versions',
  );
  models.addCommand(
    subcommand('list', 'every version with its zones, status and measured accuracy').action(
      (options: ModelsOptions) =>
        withModels(options, (_context, records) => {
          list(records, options);
        }),
    ),
  );
  models.addCommand(
    subcommand('show', 'the whole manifest of one version')
      .argument('<version>', 'as `nowcast models list` shows it')
      .action((version: string, options: ModelsOptions) =>
        withModels(options, (_context, records) => {
          const { artifact: _, twin: _twin, ...shown } = find(records, version);
          writeJson(options.json ?? true, shown);
        }),
      ),
  );
  for (const command of changeCommands(subcommand)) models.addCommand(command);
  return models;
}

function subcommand(name: string, description: string): Command {
  return withCommonOptions(new Command(name).description(description)).option(
    '--json [file]',
    'machine-readable output, to standard output or a file',
    parseOutputFile,
  );
}

async function withModels(
  options: CommonOptions,
  use: (context: RoleContext, records: ModelRecord[]) => void | Promise<void>,
): Promise<void> {
  const config = configFrom(options);
  const context = await openContext({ config, logger: createLogger({ level: 'warn', pretty: true }) });
  try {
    await use(context, await readModels(context.log, context.codec));
  } finally {
    await context.close();
  }
}

function find(records: readonly ModelRecord[], version: string): ModelRecord {
  const record = records.find((candidate) => candidate.version === version);
  if (record !== undefined) return record;
  throw new NowcastError(
    'MODEL_NOT_FOUND',
    `no model version ${JSON.stringify(version)}; see \`nowcast models list\``,
  );
}

function list(records: readonly ModelRecord[], { json }: ModelsOptions): void {
  if (json !== undefined) {
    writeJson(
      json,
      records.map(({ artifact: _, twin: _twin, ...rest }) => rest),
    );
    return;
  }
  if (records.length === 0) {
    process.stdout.write('no models yet; `nowcast train --zones ALL` trains the first\n');
    return;
  }
  const rows = records.map(({ version, status, manifest }) => {
    const hour = manifest.metrics.find(({ horizonMinutes }) => horizonMinutes === 60) ?? manifest.metrics[0];
    const score =
      hour === undefined
        ? ''
        : `${hour.mape.toFixed(2)} % at ${hour.horizonMinutes} min (ramp ${hour.baselineMape.toFixed(2)} %)`;
    return [version, status, manifest.zones.join(' '), manifest.trainedUntil, score];
  });
  process.stdout.write(table(['version', 'status', 'zones', 'trained until', 'held-out MAPE'], rows));
}
