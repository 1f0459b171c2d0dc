import { Command } from 'commander';
import { ObservationPublisher } from '../collect/publisher.js';
import { runSimulation } from '../collect/simulate.js';
import { DAY_MS, HOUR_MS } from '../contracts/time.js';
import { createLogger } from '../ops/logger.js';
import { sleep } from '../ops/retry.js';
import { openContext, type RoleContext } from '../roles/context.js';
import { startServeRole } from '../roles/serve-role.js';
import { startStreamRole, type StreamRole } from '../roles/stream-role.js';
import { startTrainRole, type TrainRole } from '../roles/train-role.js';
import { VirtualClock } from '../roles/virtual-clock.js';
import type { FaultPlan } from '../sources/simulator/faults.js';
import { Simulation } from '../sources/simulator/simulation.js';
import { simulatorZones } from '../sources/simulator/zones.js';
import {
  configFrom,
  parseDuration,
  parsePort,
  parsePositive,
  withCommonOptions,
  type CommonOptions,
} from './options.js';
import { FAULTS_HELP, parseFaults } from './faults.js';
import { startProcessLife, type ProcessLife } from './process-life.js';
import { startProgress } from './progress.js';
import { trainingProgress } from './training-progress.js';

interface DemoOptions extends CommonOptions {
  speed: number;
  seed: number;
  faults?: FaultPlan;
  for?: number;
}

const DATA_DIR = '.nowcast/demo';
const HISTORY_MS = 60 * DAY_MS;
/** Nowcasts begin this long before the live part, so that the page has something to compare. */
const SHOWN_PAST_MS = 6 * HOUR_MS;
const POLL_MS = 100;

export function demoCommand(): Command {
  return withCommonOptions(new Command('demo'), DATA_DIR)
    .description(
      'the whole product on simulated data, nothing else to install: page, API and feed on one port',
    )
    .option(
      '--port <port>',
      'port of the page, the API and the feed (default 8080; 0 picks a free one)',
      parsePort,
    )
    .option('--speed <factor>', 'simulated seconds per second', parsePositive, 60)
    .option('--seed <number>', 'another seed is another simulated world', parsePositive, 1)
    .option('--faults <kinds>', FAULTS_HELP, parseFaults)
    .option('--for <duration>', 'end by itself, for example 60s', parseDuration)
    .action(demo);
}

async function demo(options: DemoOptions): Promise<void> {
  const startedAtMs = Date.now();
  const life = startProcessLife(options.for);
  const config = configFrom({ dataDir: DATA_DIR, ...options });
  const logger = createLogger({ level: config.logLevel, pretty: true });
  const clock = new VirtualClock(startedAtMs);
  const context = await openContext({
    // Simulated days are short: a deep training would take weeks of them.
    config: { ...config, zones: simulatorZones(), training: { ...config.training, weekly: null } },
    logger,
    now: clock.now,
  });
  const serve = await startServeRole(context, {
    roles: ['simulate', 'stream', 'train', 'serve'],
    startedAtMs,
  });
  process.stdout.write(`power-nowcast demo on SIMULATED data: http://localhost:${serve.port}\n`);
  const parts: { stream?: StreamRole; train?: TrainRole } = {};
  const simulation = simulate(context, clock, options, life, async (liveFromMs) => {
    parts.stream = await startStreamRole(context, {
      live: true,
      emitSinceMs: liveFromMs - SHOWN_PAST_MS,
      onFatal: life.fail,
    });
    parts.train = await startTrainRole(context, life.fail, { onProgress: trainingProgress() });
    await announceModels(context, parts.stream, startedAtMs, life.signal);
  });
  try {
    await life.over;
  } finally {
    await simulation;
    await parts.train?.close();
    await serve.close();
    await parts.stream?.close();
    await context.close();
  }
}

/** Publishes the simulated history, then lets simulated time run. */
async function simulate(
  context: RoleContext,
  clock: VirtualClock,
  { speed, seed, faults }: DemoOptions,
  life: ProcessLife,
  onHistory: (liveFromMs: number) => Promise<void>,
): Promise<void> {
  const liveFromMs = clock.now();
  const progress = startProgress('simulating 60 days of history', HISTORY_MS / DAY_MS);
  try {
    await runSimulation(new ObservationPublisher(context.log, context.codec), {
      simulation: new Simulation({ seed, ...(faults === undefined ? {} : { faults }) }),
      historyFromMs: liveFromMs - HISTORY_MS,
      liveFromMs,
      speed,
      pacer: { nowMs: Date.now, sleep },
      signal: life.signal,
      onProgress: (doneMs) => {
        progress.update(doneMs / DAY_MS);
      },
      onLive: (simulatedMs) => {
        progress.stop();
        clock.run(simulatedMs, speed);
        onHistory(simulatedMs).catch(life.fail);
      },
    });
  } catch (error) {
    life.fail(error);
  }
}

async function announceModels(
  context: RoleContext,
  stream: StreamRole,
  startedAtMs: number,
  signal: AbortSignal,
): Promise<void> {
  const zones = context.config.zones.map(({ zone }) => zone);
  while (!signal.aborted && !zones.every((zone) => stream.activeVersions().has(zone)))
    await sleep(POLL_MS, signal);
  if (signal.aborted) return;
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
  process.stdout.write(`models serve all ${zones.length} zones, ${seconds} s after the start\n`);
}
