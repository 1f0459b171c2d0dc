import { performance } from 'node:perf_hooks';
import { ObservationPublisher, type PublishCounts } from '../collect/publisher.js';
import type { ReplayChunk, ReplayPlan } from '../collect/replay-plan.js';
import { DAY_MS, toIso } from '../contracts/time.js';
import type { PartitionOffset } from '../log/event-log.js';
import { readDecoded } from '../log/read-decoded.js';
import { INPUT_TOPICS } from '../nowcast/decode-input.js';
import { sleep } from '../ops/retry.js';
import type { RoleContext } from './context.js';
import type { StreamRole } from './stream-role.js';
import { runTraining } from './run-training.js';
import type { VirtualClock } from './virtual-clock.js';

export interface ReplayRunOptions {
  readonly plan: ReplayPlan;
  /** Recorded seconds per second; Infinity for as fast as it goes. */
  readonly speed: number;
  /** Train after this much recorded time and then again each time; null for no training. */
  readonly trainEveryMs: number | null;
  readonly clock: VirtualClock;
  readonly signal: AbortSignal;
  /** Records of the plan that are in the log. */
  readonly onProgress: (done: number, note: string) => void;
}

export interface ReplayCounts {
  readonly published: number;
  readonly unchanged: number;
  readonly trainings: number;
  readonly seconds: number;
}

/** Recorded time that may be in the log and not yet nowcast, when nothing else sets the pace. */
const MAX_AHEAD_RECORDS = 20_000;
const WAIT_MS = 5;

/**
 * Plays a recorded series through the running pipeline as if live: publishes in the order in which values became
 * known, and trains when their time has come, letting the stream reach that time before and swap after, so that the
 * same recording gives the same nowcasts however fast it is played. Run again after an interruption it goes on from
 * what the log holds.
 */
export async function runReplay(
  context: RoleContext,
  stream: StreamRole,
  options: ReplayRunOptions,
): Promise<ReplayCounts> {
  const { plan, clock, signal, onProgress } = options;
  const startedAtMs = performance.now();
  const publisher = new ObservationPublisher(context.log, context.codec);
  await publisher.restore({ sinceMs: plan.firstAvailableAtMs });
  const training = new ReplayTraining(context, stream, options, await finishedRuns(context));
  const counts = { published: 0, unchanged: 0 };
  let done = 0;
  let ahead = 0;
  const pace = new Pace(plan.firstAvailableAtMs, options.speed);
  const isOver = (): boolean => signal.aborted;
  for (const chunk of plan.chunks()) {
    if (isOver()) break;
    for (const part of training.split(chunk)) {
      if (part.trainAtMs !== null) await training.run(part.trainAtMs);
      if (isOver()) break;
      const last = part.records.at(-1);
      if (last === undefined) continue;
      await pace.waitUntil(last.availableAtMs, signal);
      const { published, unchanged } = await publishWhole(stream, publisher, part.records);
      counts.published += published;
      counts.unchanged += unchanged;
      clock.advanceTo(last.availableAtMs);
      done += part.records.length;
      ahead += published;
      onProgress(done, new Date(last.availableAtMs).toISOString().slice(0, 10));
      if (ahead < MAX_AHEAD_RECORDS) continue;
      await waitUntilNowcast(context, stream, signal);
      ahead = 0;
    }
  }
  stream.release();
  await waitUntilRecorded(context, stream, signal);
  return { ...counts, trainings: training.count, seconds: (performance.now() - startedAtMs) / 1000 };
}

/**
 * Publishes one part to all its topics while the stream is on hold: weather stands in a topic of its own, and must not
 * be met before the demand that was known earlier. A part that the log held already may be followed by one that an
 * interruption cut in two, so the hold ends only with what is published now.
 */
async function publishWhole(
  stream: StreamRole,
  publisher: ObservationPublisher,
  records: ReplayChunk['records'],
): Promise<PublishCounts> {
  const isMixed = records.some(({ topic }) => topic !== 'demand.observed');
  if (isMixed) await stream.hold();
  const counts = await publisher.publish(records);
  if (!isMixed || counts.published > 0) stream.release();
  return counts;
}

/** Cuts the replay where a training is due and holds it there until the model has been swapped in. */
class ReplayTraining {
  count = 0;
  private readonly firstMs: number;
  private nextMs: number;

  constructor(
    private readonly context: RoleContext,
    private readonly stream: StreamRole,
    private readonly options: ReplayRunOptions,
    private readonly finished: ReadonlySet<string>,
  ) {
    const { plan, trainEveryMs } = options;
    this.firstMs = trainEveryMs === null ? Number.POSITIVE_INFINITY : plan.firstAvailableAtMs + trainEveryMs;
    this.nextMs = this.firstMs;
  }

  /** The chunk's records, cut before the first that became available after a training was due. */
  *split({ records }: ReplayChunk): Generator<{ trainAtMs: number | null; records: ReplayChunk['records'] }> {
    let from = 0;
    let trainAtMs: number | null = null;
    for (let i = 0; i < records.length; i++) {
      const availableAtMs = records[i]?.availableAtMs ?? 0;
      if (availableAtMs <= this.nextMs) continue;
      if (i > from || trainAtMs !== null) yield { trainAtMs, records: records.slice(from, i) };
      from = i;
      trainAtMs = this.nextMs;
      this.nextMs = this.afterGap(availableAtMs);
    }
    if (from < records.length) yield { trainAtMs, records: records.slice(from) };
  }

  async run(atMs: number): Promise<void> {
    const { context, stream, options } = this;
    const zones = [...options.plan.stepMinutes.keys()];
    if (options.signal.aborted || this.isDone(zones, atMs)) return;
    stream.release();
    await waitUntilNowcast(context, stream, options.signal);
    await runTraining(context, {
      kind: atMs === this.firstMs ? 'initial' : 'daily',
      zones,
      untilMs: atMs,
      nowMs: atMs,
    });
    this.count += 1;
    const ends = await endsOf(context, ['models']);
    await waitFor(() => stream.hasAppliedModels(ends), options.signal);
  }

  /** True when the replay was interrupted after this training: its runs are in the log. */
  private isDone(zones: readonly string[], atMs: number): boolean {
    return zones.every((zone) => this.finished.has(runKey(zone, toIso(atMs))));
  }

  /** Times without data are passed over: one training is due after a gap, not one for each missed date. */
  private afterGap(availableAtMs: number): number {
    const everyMs = this.options.trainEveryMs ?? DAY_MS;
    const missed = Math.floor((availableAtMs - this.nextMs) / everyMs);
    return this.nextMs + (missed + 1) * everyMs;
  }
}

/** Holds recorded time to the wall clock. */
class Pace {
  private readonly startedAtMs = performance.now();

  constructor(
    private readonly fromMs: number,
    private readonly speed: number,
  ) {}

  waitUntil(recordedMs: number, signal: AbortSignal): Promise<void> {
    const dueMs = this.startedAtMs + (recordedMs - this.fromMs) / this.speed;
    const waitMs = dueMs - performance.now();
    return waitMs > 0 ? sleep(waitMs, signal) : Promise.resolve();
  }
}

/** Resolves when every input in the log has been nowcast. */
async function waitUntilNowcast(
  context: RoleContext,
  stream: StreamRole,
  signal: AbortSignal,
): Promise<void> {
  const inputs = await endsOf(context, INPUT_TOPICS);
  await waitFor(() => stream.hasNowcast(inputs), signal);
}

/** Resolves when inputs, nowcasts and their accuracy are in the history too. */
async function waitUntilRecorded(
  context: RoleContext,
  stream: StreamRole,
  signal: AbortSignal,
): Promise<void> {
  await waitUntilNowcast(context, stream, signal);
  const ends = await endsOf(context, [...INPUT_TOPICS, 'nowcasts', 'accuracy']);
  await waitFor(() => stream.hasRecorded(ends), signal);
}

function runKey(zone: string, startedAt: string): string {
  return `${zone}|${startedAt}`;
}

async function finishedRuns({ log, codec }: RoleContext): Promise<Set<string>> {
  const finished = new Set<string>();
  for await (const records of readDecoded(log, codec, 'training.runs')) {
    for (const { decoded } of records) {
      if (!decoded.ok || decoded.value.finishedAt === null) continue;
      finished.add(runKey(decoded.value.zone, decoded.value.startedAt));
    }
  }
  return finished;
}

async function endsOf({ log }: RoleContext, topics: readonly string[]): Promise<PartitionOffset[]> {
  const ends = await Promise.all(topics.map((topic) => log.watermarks(topic)));
  return ends.flat().map(({ topic, partition, high }) => ({ topic, partition, offset: high }));
}

async function waitFor(condition: () => boolean, signal: AbortSignal): Promise<void> {
  while (!condition() && !signal.aborted) await sleep(WAIT_MS, signal);
}
