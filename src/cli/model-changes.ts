import type { Command } from 'commander';
import { NowcastError } from '../contracts/errors.js';
import { exportModel } from '../model/export-model.js';
import type { ModelRegistry, ModelSwap } from '../model/registry.js';
import { openTrustedKeys } from '../model/signing-keys.js';
import type { Actor } from '../ops/audit.js';
import { createLogger } from '../ops/logger.js';
import { openContext, type RoleContext } from '../roles/context.js';
import { openRegistry } from '../roles/open-registry.js';
import { cliActor } from './cli-actor.js';
import { configFrom, writeJson, type CommonOptions } from './options.js';

export interface ModelsOptions extends CommonOptions {
  json?: string | true;
}

interface PromoteCommandOptions extends ModelsOptions {
  zone?: string;
  reason?: string;
}

interface RollbackCommandOptions extends ModelsOptions {
  to?: string;
  reason?: string;
}

const REASON = ['--reason <text>', 'why; kept with the model and in the audit'] as const;

/** verify, promote, rollback and export, each written to the audit. */
export function changeCommands(subcommand: (name: string, description: string) => Command): Command[] {
  return [
    subcommand('verify', 'check signature, checksums, features and that ONNX Runtime loads it')
      .argument('[version]', 'all versions when left out')
      .action((version: string | undefined, options: ModelsOptions) =>
        withRegistry(options, verify(version, options)),
      ),
    subcommand('promote', 'make a version serve its zones; running consumers swap within two seconds')
      .argument('<version>', 'as `nowcast models list` shows it')
      .option('--zone <zone>', 'refuse unless the version is of this zone')
      .option(...REASON)
      .action((version: string, options: PromoteCommandOptions) =>
        withRegistry(options, async (registry, actor) => {
          const { zone, reason } = options;
          tell(await registry.promote(version, actor, defined({ only: zone, reason })), options);
        }),
      ),
    subcommand(
      'rollback',
      'restore the version that served a zone before, and retire the one that serves now',
    )
      .argument('<zone>', 'zone')
      .option('--to <version>', 'the version to restore, instead of the one before')
      .option(...REASON)
      .action((zone: string, options: RollbackCommandOptions) =>
        withRegistry(options, async (registry, actor) => {
          const { to, reason } = options;
          tell(await registry.rollback(zone, actor, defined({ to, reason })), options);
        }),
      ),
    subcommand(
      'export',
      'write a verified version as files: model.onnx, twin.onnx, manifest.json, signature.json',
    )
      .argument('<version>', 'as `nowcast models list` shows it')
      .argument('<directory>', 'made when it is not there')
      .action((version: string, directory: string, options: ModelsOptions) =>
        withRegistry(options, async (registry, actor, { config }) => {
          const files = await registry.export(version, actor, (record) =>
            exportModel(record, directory, openTrustedKeys(config)),
          );
          if (options.json === undefined) process.stdout.write(files.map((file) => `${file}\n`).join(''));
          else writeJson(options.json, { version, files });
        }),
      ),
  ];
}

type UseRegistry = (registry: ModelRegistry, actor: Actor, context: RoleContext) => Promise<void>;

async function withRegistry(options: CommonOptions, use: UseRegistry): Promise<void> {
  const config = configFrom(options);
  const context = await openContext({ config, logger: createLogger({ level: 'warn', pretty: true }) });
  try {
    await use(openRegistry(context).registry, cliActor(), context);
  } finally {
    await context.close();
  }
}

function verify(version: string | undefined, { json }: ModelsOptions): UseRegistry {
  return async (registry, actor) => {
    const checks = await registry.verify(version ?? null, actor);
    if (json !== undefined) writeJson(json, checks);
    else process.stdout.write(checks.map((check) => `${check.version}: ${check.problem ?? 'ok'}\n`).join(''));
    const refused = checks.filter(({ problem }) => problem !== null).length;
    if (refused > 0)
      throw new NowcastError(
        'MODEL_REFUSED',
        `${String(refused)} of ${String(checks.length)} versions would be refused`,
      );
  };
}

function tell(swap: ModelSwap, { json }: ModelsOptions): void {
  if (json !== undefined) {
    writeJson(json, swap);
    return;
  }
  const zones = swap.zones.join(', ');
  if (!swap.changed) process.stdout.write(`${swap.version} serves ${zones} already; nothing was changed\n`);
  else {
    const before = Object.entries(swap.replaced).map(
      ([zone, version]) => `${zone}: ${version ?? 'no model'}`,
    );
    process.stdout.write(`${swap.version} serves ${zones} now (before: ${before.join(', ')})\n`);
    if (swap.retired !== null) process.stdout.write(`${swap.retired} is retired\n`);
  }
}

function defined<T extends Record<string, string | undefined>>(options: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}
