import { performance } from 'node:perf_hooks';
import type { ZoneProfiles } from '../config/zone-profiles.js';
import { NowcastError } from '../contracts/errors.js';
import type { ModelRecord, TrainingRun } from '../contracts/records.js';
import { DAY_MS, toIso } from '../contracts/time.js';
import type { EventLog } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import { type ModelSigner, trustedKeysFromPem, type TrustedKeys } from '../model/signature.js';
import { championOf, readServingRecords } from './champion.js';
import type { GbdtOptions } from './gbdt/options.js';
import { publishModel, publishRun, runIdOf } from './publish.js';
import { seedFor } from './random.js';
import { readInputs, type ZoneInputs } from './read-inputs.js';
import { TaskFailure, WorkerLane, workerUrl } from './worker-lane.js';
import type { TrainedZone, TrainStage, TrainTask } from './worker-messages.js';

export type TrainingProgress = (
  zone: string,
  stage: TrainStage | 'read' | 'publish',
  fraction: number,
) => void;

export interface TrainZonesOptions {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly profiles: Pick<ZoneProfiles, 'profile'>;
  readonly signer: ModelSigner;
  /** Keys by which a champion is verified before it is run. By default that of the signer alone. */
  readonly trusted?: TrustedKeys;
  readonly kind: TrainingRun['kind'];
  /** Zones; empty or absent means all that have demand in the log. */
  readonly zones?: readonly string[];
  /** Nothing that became available later is used; by default everything in the log is. */
  readonly untilMs?: number;
  /** Wall clock at the call; times of the run records and of the model's status count from it. */
  readonly nowMs: number;
  /** Event time at which the models count as made; by default the latest availableAt that was used. */
  readonly createdAtMs?: number;
  /** How much history is read, in days of log time before `untilMs` (or `nowMs`). By default all that the log keeps. */
  readonly historyDays?: number;
  readonly seed: number;
  /** Zones trained at the same time. Default 2. */
  readonly concurrency?: number;
  readonly rowBudget?: number;
  readonly heldOutRowBudget?: number;
  readonly gbdt?: Partial<GbdtOptions>;
  readonly onProgress?: TrainingProgress;
  /** Ends the training: zones in progress become failed runs, the others are not begun. */
  readonly signal?: AbortSignal;
  /** Compiled worker to run; for tests. */
  readonly worker?: URL;
}

/** What became of one zone. */
export interface ZoneTrainingOutcome {
  readonly zone: string;
  readonly runId: string;
  readonly status: 'succeeded' | 'rejected' | 'failed';
  /** Null when the training failed. */
  readonly model: ModelRecord | null;
  readonly rows: number;
  readonly seconds: number;
  /** Largest difference between ONNX Runtime and the trainer, in units of scale. */
  readonly onnxDifference: number | null;
  readonly error: NowcastError | null;
}

/**
 * Trains zones from the log, each in a thread of its own kind, and publishes every model on `models` (promoted or
 * rejected by the gate) and every run on `training.runs`, each as soon as it is done. One zone that fails, by bad data or
 * by a crash, is a failed run with a reason; the others go on.
 * @throws NowcastError only when the log itself cannot be read or written
 */
export async function trainZones(options: TrainZonesOptions): Promise<ZoneTrainingOutcome[]> {
  const untilMs = options.untilMs ?? Number.POSITIVE_INFINITY;
  const historyMs = (options.historyDays ?? Number.POSITIVE_INFINITY) * DAY_MS;
  const fromMs = Math.max(0, (options.untilMs ?? options.nowMs) - historyMs);
  const readOptions = { fromMs, untilMs, ...(options.zones === undefined ? {} : { zones: options.zones }) };
  const { zones: inputs } = await readInputs(options.log, options.codec, readOptions);
  const zones = zonesToTrain(options, inputs);
  for (const zone of zones) options.onProgress?.(zone, 'read', 0);
  const serving = await readServingRecords(options.log, options.codec);
  const outcomes = await runLanes(zones, inputs, serving, options);
  return zones.flatMap((zone) => outcomes.get(zone) ?? []);
}

/** Record that serves, by zone. */
type Serving = ReadonlyMap<string, ModelRecord>;

/** So many threads at a time work the zones off; all of them have ended when this does. */
async function runLanes(
  zones: readonly string[],
  inputs: Map<string, ZoneInputs>,
  serving: Serving,
  options: TrainZonesOptions,
): Promise<Map<string, ZoneTrainingOutcome>> {
  const queue = [...zones];
  const outcomes = new Map<string, ZoneTrainingOutcome>();
  const runLane = async (): Promise<void> => {
    const lane = new WorkerLane(options.worker ?? workerUrl(), options.signal);
    try {
      for (let zone = queue.shift(); zone !== undefined; zone = queue.shift()) {
        if (options.signal?.aborted) return;
        outcomes.set(zone, await trainZone(zone, inputs.get(zone) ?? null, serving, lane, options));
        inputs.delete(zone);
      }
    } finally {
      await lane.close();
    }
  };
  const count = Math.max(1, Math.min(options.concurrency ?? 2, zones.length));
  const ended = await Promise.allSettled(Array.from({ length: count }, runLane));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  return outcomes;
}

/** Zones asked for, or those with demand; the longest history first, so that it does not end up alone at the end. */
function zonesToTrain(options: TrainZonesOptions, inputs: ReadonlyMap<string, ZoneInputs>): string[] {
  const asked = options.zones ?? [];
  const found = [...inputs].filter(([, { stepMinutes }]) => stepMinutes !== null).map(([zone]) => zone);
  const size = (zone: string): number => inputs.get(zone)?.columns.demand.length ?? 0;
  return [...new Set(asked.length > 0 ? asked : found)].sort((a, b) => size(b) - size(a) || (a < b ? -1 : 1));
}

async function trainZone(
  zone: string,
  inputs: ZoneInputs | null,
  serving: Serving,
  lane: WorkerLane,
  options: TrainZonesOptions,
): Promise<ZoneTrainingOutcome> {
  const startedAt = performance.now();
  const elapsedMs = (): number => performance.now() - startedAt;
  const run: TrainingRun = {
    id: runIdOf(zone, options.kind, options.nowMs),
    zone,
    kind: options.kind,
    status: 'running',
    startedAt: toIso(options.nowMs),
    finishedAt: null,
    stages: [],
    rows: 0,
    peakRssBytes: null,
    modelVersion: null,
    error: null,
  };
  await publishRun(options, run, options.nowMs);
  const finish = async (changes: Partial<TrainingRun>): Promise<void> => {
    const finishedMs = options.nowMs + Math.round(elapsedMs());
    await publishRun(options, { ...run, finishedAt: toIso(finishedMs), ...changes }, finishedMs);
  };
  let trained: TrainedZone;
  try {
    trained = await lane.run(taskOf(zone, inputs, serving, options), (stage, fraction) =>
      options.onProgress?.(zone, stage, fraction),
    );
  } catch (error) {
    const failure = asFailure(error, zone);
    const { stages, peakRssBytes, message } = failure;
    await finish({ status: 'failed', stages, peakRssBytes, error: `${failure.code}: ${message}` });
    return {
      zone,
      runId: run.id,
      status: 'failed',
      model: null,
      rows: 0,
      seconds: elapsedMs() / 1000,
      onnxDifference: null,
      error: failure,
    };
  }
  const { manifest, stages, peakRssBytes, onnxDifference } = trained;
  const model = await publishModel(options, trained, options.nowMs + Math.round(elapsedMs()));
  const status = manifest.gate.verdict === 'promoted' ? 'succeeded' : 'rejected';
  await finish({ status, stages, peakRssBytes, rows: manifest.rows, modelVersion: manifest.version });
  options.onProgress?.(zone, 'publish', 1);
  return {
    zone,
    runId: run.id,
    status,
    model,
    rows: manifest.rows,
    seconds: elapsedMs() / 1000,
    onnxDifference,
    error: null,
  };
}

function taskOf(
  zone: string,
  inputs: ZoneInputs | null,
  serving: Serving,
  options: TrainZonesOptions,
): TrainTask {
  if (inputs === null || inputs.stepMinutes === null) {
    throw new NowcastError(
      'TRAINING_DATA_SHORT',
      `zone ${zone} has no demand in the log up to then; collect or import some first`,
      {
        context: { zone },
      },
    );
  }
  const { rowBudget, heldOutRowBudget, createdAtMs, gbdt } = options;
  const profile = options.profiles.profile(zone, inputs.stepMinutes);
  const trusted = options.trusted ?? trustedKeysFromPem([options.signer.publicKeyPem]);
  return {
    columns: inputs.columns,
    profile,
    champion: championOf(serving.get(zone), profile, trusted),
    seed: seedFor(options.seed, zone),
    ...(rowBudget === undefined ? {} : { rowBudget }),
    ...(heldOutRowBudget === undefined ? {} : { heldOutRowBudget }),
    ...(createdAtMs === undefined ? {} : { createdAtMs }),
    ...(gbdt === undefined ? {} : { gbdt }),
  };
}

function asFailure(error: unknown, zone: string): TaskFailure {
  if (error instanceof TaskFailure) return error;
  const known =
    error instanceof NowcastError
      ? error
      : new NowcastError('TRAINING_FAILED', `training of zone ${zone} failed: ${String(error)}`, {
          cause: error,
        });
  return new TaskFailure(known, [], null);
}
