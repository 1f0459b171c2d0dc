import { Command, Option } from 'commander';
import { ObservationPublisher } from '../collect/publisher.js';
import { runSimulation } from '../collect/simulate.js';
import { DAY_MS, toIso } from '../contracts/time.js';
import { createLogger } from '../ops/logger.js';
import { sleep } from '../ops/retry.js';
import { startCollectRole } from '../roles/collect-role.js';
import { openContext, type RoleContext } from '../roles/context.js';
import { startOpsServer } from '../roles/ops-server.js';
import type { FaultPlan } from '../sources/simulator/faults.js';
import { Simulation } from '../sources/simulator/simulation.js';
import { configFrom, parsePort, parsePositive, withCommonOptions, type CommonOptions } from './options.js';
import { FAULTS_HELP, parseFaults } from './faults.js';
import { startProcessLife, type ProcessLife } from './process-life.js';

interface CollectOptions extends CommonOptions {
  source: 'simulator' | 'configured';
  seed: number;
  faults?: FaultPlan;
  historyDays: number;
}

export function collectCommand(): Command {
  return withCommonOptions(new Command('collect'))
    .description('the collect role: publish demand and weather of a source to the input topics, in real time')
    .addOption(
      new Option(
        '--source <name>',
        'configured: the sources of the configuration (CAISO and weather by default); simulator publishes SIMULATED zones',
      )
        .choices(['configured', 'simulator'])
        .default('configured'),
    )
    .option('--seed <number>', 'simulator: another seed is another simulated world', parsePositive, 1)
    .option('--faults <kinds>', `simulator: ${FAULTS_HELP}`, parseFaults)
    .option('--history-days <days>', 'simulator: days published before the live part', parsePositive, 60)
    .option('--port <port>', 'port of health and metrics (default 8080; 0 picks a free one)', parsePort)
    .option('--host <address>', 'address to bind (default 127.0.0.1: this machine only)')
    .action(collect);
}

async function collect(options: CollectOptions): Promise<void> {
  const life = startProcessLife();
  const { seed, faults, historyDays } = options;
  const config = configFrom(options);
  const logger = createLogger({ level: config.logLevel, pretty: process.stderr.isTTY });
  const context = await openContext({ config, logger, requiredChecks: ['log', 'collect'] });
  if (options.source === 'configured') {
    await collectConfigured(context, life);
    return;
  }
  const ops = await startOpsServer(context);
  process.stdout.write(`collect role on SIMULATED data; health and metrics on ${ops.url}\n`);
  const nowMs = Date.now();
  const collecting = runSimulation(new ObservationPublisher(context.log, context.codec), {
    simulation: new Simulation({ seed, ...(faults === undefined ? {} : { faults }) }),
    historyFromMs: nowMs - historyDays * DAY_MS,
    liveFromMs: nowMs,
    speed: 1,
    pacer: { nowMs: Date.now, sleep },
    signal: life.signal,
    onLive: (simulatedMs) => {
      context.health.report('collect', { ok: true, detail: 'publishing simulated data' });
      logger.info(`history is in the log; live from ${toIso(simulatedMs)}`);
    },
  });
  collecting.catch(life.fail);
  try {
    await life.over;
  } finally {
    await collecting.catch(() => undefined);
    await ops.close();
    await context.close();
  }
}

async function collectConfigured(context: RoleContext, life: ProcessLife): Promise<void> {
  const ops = await startOpsServer(context);
  process.stdout.write(`collect role; health and metrics on ${ops.url}\n`);
  const role = await startCollectRole(context, life.fail);
  context.health.report('collect', { ok: true, detail: 'collecting; each source has a check of its own' });
  try {
    await life.over;
  } finally {
    await role.close();
    await ops.close();
    await context.close();
  }
}
