import { Command } from 'commander';
import { messageOf } from '../contracts/errors.js';
import { HOUR_MS } from '../contracts/time.js';
import { createLogger } from '../ops/logger.js';
import { retryForever } from '../ops/retry.js';
import { openContext, type RoleContext } from '../roles/context.js';
import { startOpsServer } from '../roles/ops-server.js';
import { startCollectRole } from '../roles/collect-role.js';
import { startServeRole } from '../roles/serve-role.js';
import { startStreamRole } from '../roles/stream-role.js';
import { startTrainRole } from '../roles/train-role.js';
import { configFrom, parsePort, withCommonOptions, type CommonOptions } from './options.js';
import { startProcessLife, type ProcessLife } from './process-life.js';
import { trainingProgress } from './training-progress.js';

interface Closable {
  close(): Promise<void>;
}

type Starter = (context: RoleContext, life: ProcessLife) => Promise<Closable[]>;

const startedAtMs = Date.now();
/** A stream that never ran does not nowcast years of imported history, only what is recent. */
const RECENT_MS = 2 * HOUR_MS;

export function roleCommands(): Command[] {
  return [
    roleCommand(
      'up',
      'the live service: collect, stream, train and serve in one process',
      ['log', 'history', 'stream'],
      up,
    ),
    roleCommand(
      'stream',
      'the stream role: inputs in, nowcasts and history out',
      ['log', 'history', 'stream'],
      streamOnly,
    ),
    roleCommand('serve', 'the serve role: page, REST and WebSocket feed', ['log', 'history'], serveOnly),
  ];
}

function roleCommand(name: string, description: string, checks: readonly string[], start: Starter): Command {
  return withCommonOptions(new Command(name))
    .description(description)
    .option('--port <port>', 'port to listen on (default 8080; 0 picks a free one)', parsePort)
    .option('--host <address>', 'address to bind (default 127.0.0.1: this machine only)')
    .action((options: CommonOptions) => runRole(options, checks, start));
}

async function runRole(
  options: CommonOptions,
  requiredChecks: readonly string[],
  start: Starter,
): Promise<void> {
  const life = startProcessLife();
  const config = configFrom(options);
  const logger = createLogger({ level: config.logLevel, pretty: process.stderr.isTTY });
  const context = await openContext({ config, logger, requiredChecks });
  const parts = await start(context, life);
  try {
    await life.over;
  } finally {
    for (const part of parts) await part.close();
    await context.close();
  }
}

async function up(context: RoleContext, life: ProcessLife): Promise<Closable[]> {
  const serve = await startServeRole(context, {
    roles: ['collect', 'stream', 'train', 'serve'],
    startedAtMs,
  });
  process.stdout.write(`power-nowcast: ${serve.url}\n`);
  const stream = await startStream(context, life);
  const progress = process.stderr.isTTY ? { onProgress: trainingProgress() } : {};
  const train = await startTrainRole(context, life.fail, progress);
  if (!context.config.sources.enabled) return [train, serve, stream];
  return [await startCollectRole(context, life.fail), train, serve, stream];
}

async function streamOnly(context: RoleContext, life: ProcessLife): Promise<Closable[]> {
  const ops = await startOpsServer(context);
  process.stdout.write(`stream role; health and metrics on ${ops.url}\n`);
  return [await startStream(context, life), ops];
}

async function serveOnly(context: RoleContext, life: ProcessLife): Promise<Closable[]> {
  const serve = await startServeRole(context, { roles: ['serve'], startedAtMs });
  openHistory(context, life.signal).catch(life.fail);
  process.stdout.write(`power-nowcast: ${serve.url}\n`);
  return [serve];
}

/** A database may come later than the page, which serves what is live meanwhile. */
async function openHistory({ history, health, logger }: RoleContext, signal: AbortSignal): Promise<void> {
  const onRetry = (error: unknown, delayMs: number): void => {
    const detail = `${messageOf(error)}; trying again in ${delayMs} ms`;
    health.report('history', { ok: false, detail });
    logger.warn(`history: ${detail}`);
  };
  await retryForever(() => history.open(), { signal, onRetry });
  health.report('history', { ok: true, detail: `the ${history.kind} history answers` });
}

function startStream(context: RoleContext, life: ProcessLife): Promise<Closable> {
  return startStreamRole(context, { live: true, emitSinceMs: context.now() - RECENT_MS, onFatal: life.fail });
}
