import { backfill } from '../collect/backfill.js';
import { CollectorLoop } from '../collect/live/collector-loop.js';
import type { Publisher } from '../collect/live/round.js';
import { SourceHealth } from '../collect/live/source-health.js';
import { InitialFills } from '../collect/initial-fill.js';
import { ObservationPublisher } from '../collect/publisher.js';
import { PublishingTurn, SharedPublisher } from '../collect/shared-publisher.js';
import { DAY_MS, HOUR_MS } from '../contracts/time.js';
import { sleep } from '../ops/retry.js';
import type { Pacer } from '../sources/http/host-turns.js';
import { SourceError } from '../sources/source-error.js';
import type { RoleContext } from './context.js';
import { openSources } from './collectors.js';
import type { SourcePart } from './source-part.js';

export interface CollectRole {
  close(): Promise<void>;
}

/** What was collected is remembered for so long: longer than any hole that is looked for. */
const REMEMBERED_MS = 45 * DAY_MS;
const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 15 * 60_000;

/**
 * The collect role: fetches demand, the operator's forecasts and weather on their schedules and publishes what is new
 * or changed. Sources are independent of each other: one that is away delays no other. An empty store first gets its
 * history.
 */
export async function startCollectRole(
  context: RoleContext,
  onFatal: (error: unknown) => void,
): Promise<CollectRole> {
  const { config, log, codec, health, metrics, logger, sources: board } = context;
  const stop = new AbortController();
  const { signal } = stop;
  const pacer = { nowMs: Date.now, sleep };
  const sources = new SourceHealth({ health, metrics, logger, board, nowMs: Date.now });
  const publishing = new PublishingTurn(config.dataDir, pacer, signal);
  const publisher = new SharedPublisher(new ObservationPublisher(log, codec), publishing);
  const { initialBackfillDays } = config.sources;
  const rememberedMs = Math.max(REMEMBERED_MS, (initialBackfillDays + 1) * DAY_MS);
  await publisher.restore({ sinceMs: Date.now() - rememberedMs });
  const opened = openSources({
    config,
    publisher,
    pacer,
    signal,
    onRequest: (source, outcome, seconds) => {
      sources.onRequest(source, outcome, seconds);
    },
  });
  const running = opened.parts.map(async (part) => {
    await fillEmptyStore(context, part, publisher, { pacer, signal });
    const loop = new CollectorLoop({
      collectors: part.collectors,
      pacer,
      onRound: (collector, report, nextAtMs) => {
        sources.onRound(collector, report, nextAtMs);
      },
      onFailure: (collector, error, retryAtMs) => {
        sources.onFailure(collector, error, retryAtMs);
      },
    });
    await loop.run(signal);
  });
  for (const loop of running) loop.catch(onFatal);
  return {
    close: async () => {
      stop.abort();
      await Promise.allSettled(running);
      await opened.close();
      await publishing.close();
    },
  };
}

/**
 * History for a store that has none of this source, or whose first history was cut off; tried until the source answers.
 */
export async function fillEmptyStore(
  { config, logger, health }: Pick<RoleContext, 'config' | 'logger' | 'health'>,
  part: SourcePart,
  publisher: Publisher,
  { pacer, signal }: { pacer: Pacer; signal: AbortSignal },
): Promise<void> {
  const fills = new InitialFills(config.dataDir);
  const toMs = Math.floor(pacer.nowMs() / HOUR_MS) * HOUR_MS;
  const fromMs = firstHistory(part, publisher, fills, toMs - config.sources.initialBackfillDays * DAY_MS);
  const chunks = fromMs === null || fromMs >= toMs ? [] : part.history(fromMs, toMs);
  if (fromMs === null || chunks.length === 0) return;
  fills.note(part.name, fromMs, false);
  const days = Math.round((toMs - fromMs) / DAY_MS);
  logger.info(`${part.name}: fetching ${days} days of history, baselines are served meanwhile`);
  for (let delayMs = FIRST_RETRY_MS; !signal.aborted; delayMs = Math.min(LONGEST_RETRY_MS, 2 * delayMs)) {
    try {
      const report = await backfill(chunks, signal, (done, total, label) => {
        const detail = `fetching history: ${done} of ${total} (${label})`;
        health.report(`source ${part.name}`, { ok: true, detail });
        if (done % 10 === 0) logger.info(`${part.name}: ${detail}`);
      });
      if (!report.complete) return;
      fills.note(part.name, fromMs, true);
      logger.info(`${part.name}: history is there, ${report.published} records`);
      return;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const waitMs = Math.max(delayMs, error.retryAfterMs ?? 0);
      const detail = `${error.message}; history is not complete yet, trying again in ${Math.round(waitMs / 1000)} s; what is in the store is served meanwhile`;
      health.report(`source ${part.name}`, { ok: false, detail });
      logger.warn(`${part.name}: ${detail}`);
      await pacer.sleep(waitMs, signal);
    }
  }
}

/** Where the first history is to begin, or null when none is due. */
function firstHistory(
  { name, fills, zones }: SourcePart,
  publisher: Publisher,
  known: InitialFills,
  fromMs: number,
): number | null {
  const unfinishedMs = known.unfinishedFromMs(name);
  if (unfinishedMs !== null) return unfinishedMs;
  if (fills === null || zones.some((zone) => publisher.span(fills, zone) !== null)) return null;
  return fromMs;
}
