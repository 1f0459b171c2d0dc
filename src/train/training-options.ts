import type { GateThresholds } from './gate-thresholds.js';
import type { ZoneProfiles } from '../config/zone-profiles.js';
import type { NowcastError } from '../contracts/errors.js';
import type { ModelManifest, ModelRecord, TrainingRun } from '../contracts/records.js';
import type { EventLog } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import type { ModelSigner, TrustedKeys } from '../model/signature.js';
import type { DeepOptions, DeepReport } from './deep/deep-report.js';
import type { GbdtOptions } from './gbdt/options.js';
import type { LaneLimits } from './lane-plan.js';
import type { PoolingLimits } from './pooling/pool.js';
import type { RunClaims } from './runs/run-claims.js';
import type { TrainingAlerts } from './runs/training-alerts.js';
import type { TrainStage } from './worker-messages.js';

export type TrainingProgress = (
  zone: string,
  stage: TrainStage | 'queue' | 'read' | 'publish',
  fraction: number,
) => void;

/** Which zones are helped by others, and by how many. */
export interface PoolingSettings extends PoolingLimits {
  readonly donors: number;
}

/** Who asked for the training of a zone. */
export interface ZoneRequest {
  readonly ids: readonly string[];
  readonly requestedBy: string;
}

/** What is asked for when zones are to be trained, by whoever runs a training. */
export interface TrainingOrder {
  readonly kind: TrainingRun['kind'];
  /** Zones; empty or absent means all that have demand in the log. */
  readonly zones?: readonly string[];
  /** By zone; a zone without one counts as asked for by this call alone. */
  readonly requests?: ReadonlyMap<string, ZoneRequest>;
  /** Nothing that became available later is used; by default everything in the log is. */
  readonly untilMs?: number;
  /** Wall clock at the call; times of the run records and of the model's status count from it. */
  readonly nowMs: number;
  readonly onProgress?: TrainingProgress;
  /** Told once for each zone that has to wait for the training of another trainer. */
  readonly onWaiting?: (zone: string, holder: TrainingRun) => void;
  /** Ends the training: zones in progress become interrupted runs, the others are not begun. */
  readonly signal?: AbortSignal;
  /** The line that this process stands in; by default one of this call's own. */
  readonly claims?: RunClaims;
  readonly alerts?: TrainingAlerts;
  /** Asked when a zone's turn has come: why it need not be trained after all, or null. */
  readonly skipReason?: (run: TrainingRun) => string | null;
  /** Compiled worker to run; for tests. */
  readonly worker?: URL;
}

/** An order, and the means to carry it out. */
export interface TrainZonesOptions extends TrainingOrder {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly profiles: Pick<ZoneProfiles, 'profile'>;
  readonly signer: ModelSigner;
  /** Keys by which a champion is verified before it is run. By default that of the signer alone. */
  readonly trusted?: TrustedKeys;
  /** What a new model of a zone must keep. By default `DEFAULT_GATE_THRESHOLDS`. */
  readonly gate?: (zone: string) => GateThresholds;
  /** Event time at which the models count as made; by default the latest availableAt that was used. */
  readonly createdAtMs?: number;
  /** How much history is read, in days of log time before `untilMs` or the newest demand. By default all that the log keeps. */
  readonly historyDays?: number;
  readonly seed: number;
  /** Zones with a short history take rows of so many zones with a long one. By default, and when null, none do. */
  readonly pooling?: PoolingSettings | null;
  /** By default two zones at a time, without regard to memory. */
  readonly limits?: LaneLimits;
  /** How far the threads step back for other work, 0 to 19. */
  readonly niceness?: number;
  /** A training of one zone that takes longer is ended and failed. By default there is no limit. */
  readonly timeoutMs?: number;
  /** Share of the planned work that a training does, above 0 and up to 1. By default all of it. */
  readonly workFraction?: number;
  readonly rowBudget?: number;
  readonly heldOutRowBudget?: number;
  readonly gbdt?: Partial<GbdtOptions>;
  /** Makes it a deep training: validation, search, cross-validation and ablation around the fit, and a report. */
  readonly deep?: DeepOptions;
  /** Writes the report of a deep training. @returns where it is, for the run record */
  readonly writeReport?: (run: TrainingRun, report: DeepReport, manifest: ModelManifest) => string;
}

/** What became of one zone. */
export interface ZoneTrainingOutcome {
  readonly zone: string;
  readonly runId: string;
  readonly status: 'succeeded' | 'rejected' | 'failed' | 'skipped';
  /** Null when no model was made. */
  readonly model: ModelRecord | null;
  readonly rows: number;
  readonly seconds: number;
  /** Largest difference between ONNX Runtime and the trainer, in units of scale. */
  readonly onnxDifference: number | null;
  readonly error: NowcastError | null;
}
