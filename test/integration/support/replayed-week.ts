import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';
import { SourceHealth } from '../../../src/collect/live/source-health.js';
import { planCsv } from '../../../src/collect/import.js';
import { ObservationPublisher } from '../../../src/collect/publisher.js';
import { loadConfig } from '../../../src/config/load-config.js';
import type { ZoneConfig } from '../../../src/config/types.js';
import { loadTopicSpecs } from '../../../src/log/topic-specs.js';
import { DAY_MS, HOUR_MS } from '../../../src/contracts/time.js';
import { PipelineSampler } from '../../../src/history/pipeline-sampler.js';
import type { InputRecord, SourceRecord } from '../../../src/sources/input-record.js';
import { openContext, type RoleContext } from '../../../src/roles/context.js';
import { runTraining } from '../../../src/roles/run-training.js';
import { startServeRole } from '../../../src/roles/serve-role.js';
import { startStreamRole, type StreamRole } from '../../../src/roles/stream-role.js';
import { VirtualClock } from '../../../src/roles/virtual-clock.js';
import { createLogger } from '../../../src/ops/logger.js';
import { operatorForecasts, scoreOperators } from './operator-week.js';
import { connect } from './ws.js';
import { snapshotOf, type MetricsSnapshot } from './prometheus.js';
import { writeDemandCsv, writeWeatherCsv } from './series.js';

export const ZONE = 'NORTH';
/** Few horizons, so that training takes seconds. */
const NORTH = {
  zone: ZONE,
  name: 'North',
  timeZone: 'UTC',
  stepMinutes: 30,
  holidays: '',
  horizonsMinutes: [30, 60, 180, 1440],
} satisfies ZoneConfig as ZoneConfig;
/** Learnt from before the week begins. */
const DAYS_BEFORE = 16;
const START_MS = Date.UTC(2024, 0, 1);
const WEEK_FROM_MS = START_MS + DAYS_BEFORE * DAY_MS;
const WEEK_TO_MS = WEEK_FROM_MS + 7 * DAY_MS;
/** Demand stays away for these hours, on the fifth day. */
const GAP_FROM_MS = WEEK_FROM_MS + 4 * DAY_MS + 6 * HOUR_MS;
const GAP_HOURS = 5;
/** A model is trained when the week is some hours old. */
const TRAIN_MS = WEEK_FROM_MS + 12 * HOUR_MS;
/** Each of these values is three times what it should be. */
const SPIKES_MS = [10, 57, 103].map((hour) => WEEK_FROM_MS + hour * HOUR_MS);
const DEAD_LETTER_MS = WEEK_FROM_MS + 30 * HOUR_MS;

export interface ReplayedWeek {
  readonly fromMs: number;
  readonly toMs: number;
  /** The metrics as they stood at each hour. */
  readonly snapshots: readonly MetricsSnapshot[];
  /** Names of the headers of the first record of each topic that has one, sorted. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  close(): Promise<void>;
}

/**
 * Plays a week through the pipeline, hour by hour of recorded time, into an InfluxDB: a training before it, and in it
 * spikes, a record that nobody can read, demand that stays away, and sources that fail at times. What the metrics say is
 * kept for each hour. All of it in this process, by the roles as they run in service.
 */
export async function replayWeek(influx: { url: string; database: string }): Promise<ReplayedWeek> {
  const dir = mkdtempSync(path.join(tmpdir(), 'nowcast-week-'));
  const clock = new VirtualClock(START_MS);
  const config = loadConfig({ dataDir: path.join(dir, 'data'), port: 0 });
  const context = await openContext({
    config: { ...config, zones: [NORTH], history: 'influx', influx },
    logger: createLogger({ level: 'silent', pretty: false }),
    now: clock.now,
  });
  const fail = (error: unknown): never => {
    throw error;
  };
  const stream = await startStreamRole(context, { live: true, tickEveryMs: 20, onFatal: fail });
  const serve = await startServeRole(context, { roles: ['stream', 'serve'], startedAtMs: START_MS });
  const player = new Player(context, stream, clock);
  const records = await recordsOf(dir);
  await player.begin(records);
  const client = await connect(serve.url.replace('http', 'ws') + '/v1/feed', ZONE);
  const snapshots = await player.play(records);
  const { log } = context;
  const topics = [
    'demand.observed',
    'demand.forecast',
    'nowcasts',
    'accuracy',
    'models',
    'alerts',
    'quality.events',
    'training.runs',
  ];
  const ends = (await Promise.all(topics.map((topic) => log.watermarks(topic)))).flat();
  await vi.waitUntil(() => stream.hasRecorded(ends.map(({ high, ...end }) => ({ ...end, offset: high }))), {
    timeout: 60_000,
  });
  await scoreOperators(context, ZONE);
  return {
    fromMs: WEEK_FROM_MS,
    toMs: WEEK_TO_MS,
    snapshots,
    headers: await headersOf(context),
    close: async () => {
      client.close();
      await serve.close();
      await stream.close();
      await context.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function headersOf({ log }: RoleContext): Promise<Map<string, string[]>> {
  const headers = new Map<string, string[]>();
  for (const { name } of loadTopicSpecs()) {
    for (const { partition, low, high } of await log.watermarks(name)) {
      for await (const { records } of log.read(name, partition, low, high)) {
        const [first] = records;
        if (first !== undefined) headers.set(name, Object.keys(first.headers).sort());
        break;
      }
    }
  }
  return headers;
}

async function recordsOf(dir: string): Promise<SourceRecord[]> {
  const demandPath = path.join(dir, 'demand.csv');
  const weatherPath = path.join(dir, 'weather.csv');
  writeDemandCsv(demandPath, ZONE, DAYS_BEFORE + 7, START_MS);
  writeWeatherCsv(weatherPath, ZONE, DAYS_BEFORE + 7, START_MS);
  const { plan } = await planCsv({ demandPath, weatherPath, onProblem: () => undefined });
  const records = [...plan.chunks()].flatMap((chunk) => chunk.records);
  const inputs = records.filter((record) => !isInGap(record)).map(withSpike);
  return [...operatorForecasts(ZONE, records), ...inputs];
}

function isInGap({ topic, availableAtMs }: InputRecord): boolean {
  return (
    topic === 'demand.observed' &&
    availableAtMs > GAP_FROM_MS &&
    availableAtMs <= GAP_FROM_MS + GAP_HOURS * HOUR_MS
  );
}

function withSpike(record: InputRecord): InputRecord {
  if (record.topic !== 'demand.observed' || !SPIKES_MS.includes(record.availableAtMs)) return record;
  return { ...record, value: { ...record.value, demandMw: 3 * record.value.demandMw } };
}

class Player {
  private readonly publisher: ObservationPublisher;
  private readonly sampler: PipelineSampler;
  private readonly sources: SourceHealth;

  constructor(
    private readonly context: RoleContext,
    private readonly stream: StreamRole,
    private readonly clock: VirtualClock,
  ) {
    const { log, codec, metrics, history, health, logger, now } = context;
    this.publisher = new ObservationPublisher(log, codec);
    const onLost = (message: string): never => {
      throw new Error(message);
    };
    this.sampler = new PipelineSampler({ metrics, history, now, onLost });
    this.sources = new SourceHealth({ health, metrics, logger, board: context.sources, nowMs: now });
  }

  /** Plays what came before the week. */
  async begin(records: readonly SourceRecord[]): Promise<void> {
    const before = records.filter(({ availableAtMs }) => availableAtMs <= WEEK_FROM_MS);
    await this.publisher.publish(before);
    this.clock.advanceTo(WEEK_FROM_MS);
    await this.caughtUp();
  }

  /** Plays the week. @returns the metrics at the end of each hour */
  async play(records: readonly SourceRecord[]): Promise<MetricsSnapshot[]> {
    const { context, clock } = this;
    const snapshots: MetricsSnapshot[] = [];
    for (let hourMs = WEEK_FROM_MS; hourMs < WEEK_TO_MS; hourMs += HOUR_MS) {
      const untilMs = hourMs + HOUR_MS;
      const hour = records.filter((one) => one.availableAtMs > hourMs && one.availableAtMs <= untilMs);
      await this.publisher.publish(hour);
      if (hourMs === DEAD_LETTER_MS) await this.publishNonsense();
      clock.advanceTo(untilMs);
      await this.caughtUp();
      if (hourMs === GAP_FROM_MS + (GAP_HOURS - 1) * HOUR_MS) await this.demandMissed();
      this.askSources(hourMs);
      this.tellWebhooks(hourMs);
      await this.sampler.sample();
      snapshots.push(await snapshotOf(context.metrics.registry, untilMs));
      if (untilMs === TRAIN_MS) await this.train();
    }
    return snapshots;
  }

  private async train(): Promise<void> {
    const nowMs = this.clock.now();
    const outcomes = await runTraining(this.context, {
      kind: 'initial',
      zones: [ZONE],
      untilMs: nowMs,
      nowMs,
    });
    for (const { zone } of outcomes) this.context.metrics.trainingLastFinished.set({ zone }, nowMs / 1000);
    await this.reached(['models'], (ends) => this.stream.hasAppliedModels(ends));
  }

  private caughtUp(): Promise<void> {
    return this.reached(['demand.observed', 'weather.observed'], (ends) => this.stream.hasNowcast(ends));
  }

  private async reached(
    topics: readonly string[],
    isReached: Parameters<typeof endsReached>[2],
  ): Promise<void> {
    await endsReached(this.context, topics, isReached);
  }

  private async publishNonsense(): Promise<void> {
    const value = Buffer.from('neither framed nor JSON');
    await this.context.log.append('demand.observed', [{ key: ZONE, value, timestampMs: this.clock.now() }]);
  }

  /** By the clock, not by a record: the stream looks each 20 ms. */
  private async demandMissed(): Promise<void> {
    const { alertActive } = this.context.metrics;
    const isRaised = async (): Promise<boolean> =>
      (await alertActive.get()).values.some(({ labels }) => labels.kind === 'demand_late');
    await vi.waitUntil(isRaised, { timeout: 20_000, interval: 20 });
  }

  /** As a gateway counts: an event an hour is delivered, one is given up after three attempts, and the audit fails once. */
  private tellWebhooks(hourMs: number): void {
    const { metrics } = this.context;
    const dies = hourMs === DEAD_LETTER_MS;
    metrics.webhookAttemptsTotal.inc({ outcome: dies ? 'failed' : 'ok' }, dies ? 3 : 1);
    metrics.webhookDeliveriesTotal.inc({ outcome: dies ? 'dead' : 'delivered' });
    if (!dies) return;
    metrics.webhookDead.inc();
    metrics.auditFailuresTotal.inc();
  }

  /** As a collector would: every seventh hour its source takes too long. */
  private askSources(hourMs: number): void {
    const fails = (hourMs / HOUR_MS) % 7 === 0;
    this.sources.onRequest('caiso-outlook', fails ? 'timeout' : 'ok', fails ? 30 : 0.4);
    if (fails) return;
    const name = 'caiso-outlook/NORTH';
    this.sources.onRound(
      { name } as never,
      { published: 2, revised: 0, problems: [] } as never,
      hourMs + HOUR_MS,
    );
  }
}

async function endsReached(
  { log }: RoleContext,
  topics: readonly string[],
  isReached: (ends: { topic: string; partition: number; offset: number }[]) => boolean,
): Promise<void> {
  const marks = (await Promise.all(topics.map((topic) => log.watermarks(topic)))).flat();
  const ends = marks.map(({ topic, partition, high }) => ({ topic, partition, offset: high }));
  await vi.waitUntil(() => isReached(ends), { timeout: 60_000, interval: 2 });
}
