import { Cron } from 'croner';
import { messageOf } from '../contracts/errors.js';
import type { TrainingRequest, TrainingRun } from '../contracts/records.js';
import { DAY_MS } from '../contracts/time.js';
import { FEATURE_HASH } from '../features/feature-names.js';
import type { PartitionOffset, RecordBatch } from '../log/event-log.js';
import { readModels } from '../model/model-catalogue.js';
import { openModelSigner, openTrainerKeys } from '../model/signing-keys.js';
import { readInputs } from '../train/read-inputs.js';
import { trainZones, type TrainingProgress, type ZoneTrainingOutcome } from '../train/trainer.js';
import type { RoleContext } from './context.js';
import { latestDemandMs } from './latest-input.js';

const GROUP = 'nowcast-train';
const SEED = 1;
/** The first model of a zone should come soon; the next training takes all rows it can use. */
const FIRST_MODEL_BUDGET = { rowBudget: 40_000, heldOutRowBudget: 15_000 };
/** How far back demand makes a zone one that wants a model. */
const ACTIVE_WITHIN_MS = 2 * DAY_MS;
const LOOK_FOR_NEW_ZONES = '*/5 * * * *';
const DAILY = '0 2 * * *';

export interface TrainRequestOptions {
  readonly kind: TrainingRun['kind'];
  /** Empty means all zones with demand. */
  readonly zones: readonly string[];
  /** Nothing that became available later is used; by default everything in the log is. */
  readonly untilMs?: number;
  readonly nowMs: number;
  readonly onProgress?: TrainingProgress;
  /** Cuts the training short; what was published stays. */
  readonly signal?: AbortSignal;
}

/** Trains zones from the log of this context and says in the log what came of it. */
export async function runTraining(
  context: RoleContext,
  { kind, zones, untilMs, nowMs, onProgress, signal }: TrainRequestOptions,
): Promise<ZoneTrainingOutcome[]> {
  const { log, codec, profiles, config, metrics, logger } = context;
  const until = untilMs ?? (await latestDemandMs(log));
  if (until === null) return [];
  const signer = openModelSigner(config);
  const outcomes = await trainZones({
    log,
    codec,
    profiles,
    signer,
    trusted: openTrainerKeys(config, signer),
    kind,
    zones,
    untilMs: until,
    nowMs,
    createdAtMs: nowMs,
    seed: SEED,
    ...(kind === 'initial' ? FIRST_MODEL_BUDGET : {}),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  });
  for (const { zone, status, seconds, model, error } of outcomes) {
    metrics.trainingRunsTotal.inc({ status });
    metrics.trainingSeconds.observe(seconds);
    const facts = { zone, seconds: Number(seconds.toFixed(1)), version: model?.version };
    if (error !== null) logger.warn(facts, `training failed: ${error.message}`);
    else
      logger.info(
        facts,
        status === 'succeeded' ? 'trained and promoted' : 'trained and rejected by the gate',
      );
  }
  return outcomes;
}

export interface TrainRole {
  close(): Promise<void>;
}

/**
 * The train role: answers `training.requests`, trains daily at 02:00 local time, and gives zones without a usable model
 * their first. One training at a time; a failed one leaves a record and a log line, and the service untouched.
 */
export async function startTrainRole(
  context: RoleContext,
  onFatal: (error: unknown) => void,
  onProgress?: TrainingProgress,
): Promise<TrainRole> {
  const { log, logger, now, config } = context;
  const queue = new TrainingQueue(context, onProgress);
  const subscription = await log.subscribe({
    group: GROUP,
    topics: ['training.requests'],
    onBatch: async (batch) => {
      for (const request of await decodeRequests(context, batch)) {
        queue.add({ kind: request.kind, zones: request.zones });
      }
      await queue.idle();
      await subscription.commit([endOf(batch)]);
    },
    onError: onFatal,
  });
  const timezone = config.zones[0]?.timeZone ?? 'UTC';
  const guard = {
    catch: (error: unknown) => {
      logger.error(`training schedule: ${messageOf(error)}`);
    },
  };
  const first = async (): Promise<void> => {
    const zones = await zonesWithoutModel(context, now());
    if (zones.length > 0) queue.add({ kind: 'initial', zones });
  };
  const jobs = [
    new Cron(LOOK_FOR_NEW_ZONES, guard, first),
    new Cron(DAILY, { timezone, ...guard }, () => {
      queue.add({ kind: 'daily', zones: [] });
    }),
  ];
  await first();
  return {
    close: async () => {
      for (const job of jobs) job.stop();
      await queue.close();
      await subscription.close();
    },
  };
}

interface QueuedTraining {
  readonly kind: TrainingRun['kind'];
  readonly zones: readonly string[];
}

/** Trainings one after another; nothing in it can throw into the service. */
class TrainingQueue {
  private last: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();
  /** Zones that lacked data are not tried again before this. */
  private readonly notBeforeMs = new Map<string, number>();

  constructor(
    private readonly context: RoleContext,
    private readonly onProgress: TrainingProgress | undefined,
  ) {}

  add(training: QueuedTraining): void {
    this.last = this.last.then(() => this.run(training));
  }

  idle(): Promise<void> {
    return this.last;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.last;
  }

  private async run({ kind, zones }: QueuedTraining): Promise<void> {
    const nowMs = this.context.now();
    const due =
      kind === 'initial' ? zones.filter((zone) => nowMs >= (this.notBeforeMs.get(zone) ?? 0)) : zones;
    if (this.stopping.signal.aborted || (kind === 'initial' && due.length === 0)) return;
    try {
      const onProgress = this.onProgress;
      const { signal } = this.stopping;
      const options = {
        kind,
        zones: due,
        nowMs,
        signal,
        ...(onProgress === undefined ? {} : { onProgress }),
      };
      for (const { zone, error } of await runTraining(this.context, options)) {
        if (error?.code === 'TRAINING_DATA_SHORT') this.notBeforeMs.set(zone, nowMs + DAY_MS / 4);
      }
    } catch (error) {
      this.context.logger.error(`training (${kind}) could not run: ${messageOf(error)}`);
    }
  }
}

async function decodeRequests(
  { codec, logger }: RoleContext,
  batch: RecordBatch,
): Promise<TrainingRequest[]> {
  await codec.prepare(batch.records.map(({ value }) => value));
  return batch.records.flatMap(({ value, offset }) => {
    const decoded = codec.decode('training.requests', value);
    if (decoded.ok) return [decoded.value];
    logger.warn({ offset }, `a training request was skipped: ${decoded.message}`);
    return [];
  });
}

function endOf({ topic, partition, records }: RecordBatch): PartitionOffset {
  return { topic, partition, offset: (records.at(-1)?.offset ?? -1) + 1 };
}

async function zonesWithoutModel({ log, codec }: RoleContext, nowMs: number): Promise<string[]> {
  const latestMs = await latestDemandMs(log);
  if (latestMs === null) return [];
  const { zones } = await readInputs(log, codec, { fromMs: latestMs - ACTIVE_WITHIN_MS, untilMs: nowMs });
  const served = new Set(
    (await readModels(log, codec))
      .filter(({ status, manifest }) => status === 'promoted' && manifest.featureHash === FEATURE_HASH)
      .flatMap(({ manifest }) => manifest.zones),
  );
  return [...zones]
    .filter(([zone, { stepMinutes }]) => stepMinutes !== null && !served.has(zone))
    .map(([zone]) => zone);
}
