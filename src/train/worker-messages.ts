import type { ErrorCode } from '../contracts/errors.js';
import type { ModelManifest, TrainingRun } from '../contracts/records.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import type { DeepOptions, DeepReport } from './deep/deep-report.js';
import type { EventColumns } from './event-columns.js';
import type { DonorOrder } from './pooling/task-donors.js';
import type { NativeGuard } from './native-guard.js';
import type { FitOptions, FitStage } from './fit-zone.js';
import type { GateThresholds } from './gate-thresholds.js';
import type { Recipe } from './recipe.js';

/** What a thread is started with. */
export interface WorkerSetup {
  /** How far it steps back for other work, 0 to 19. */
  readonly niceness: number;
  readonly guard: NativeGuard;
}

/** How a task fits: what crosses to the thread of the options of a fit. */
export type TaskFit = Pick<
  FitOptions,
  'seed' | 'effort' | 'workFraction' | 'rowBudget' | 'heldOutRowBudget' | 'createdAtMs'
>;

/** What the trainer sends to a worker: one zone to train. */
export interface TrainTask {
  readonly fit: TaskFit;
  readonly columns: EventColumns;
  /** Zones that lend rows; present when the history is short and there are any. */
  readonly donors?: DonorOrder;
  readonly profile: ZoneProfile;
  /** Parameters to fit with; the program's own where left out. */
  readonly recipe?: Recipe;
  /** Where the parameters come from, for the manifest; a deep training says so itself. */
  readonly chosen?: NonNullable<ModelManifest['recipe']>;
  /** Run that this task belongs to. */
  readonly runId: string;
  /** Present for a deep training. */
  readonly deep?: DeepOptions;
  /** What the gate compares with, already verified; or why there is nothing. */
  readonly champion: Champion;
  readonly gate: GateThresholds;
}

/** The model that serves a zone, as the gate of its successor meets it. */
export type Champion =
  | { readonly kind: 'none' }
  /** There is one, and it cannot be run: the gate goes on without it and says why. */
  | { readonly kind: 'unusable'; readonly version: string; readonly why: string }
  | { readonly kind: 'twin'; readonly manifest: ModelManifest; readonly artifact: Uint8Array };

export type TrainStage = FitStage | 'verify' | 'gate' | 'validate' | 'search' | 'cross-validate' | 'ablate';

/** What a task used. */
export interface TaskUsage {
  readonly stages: TrainingRun['stages'];
  /** Peak memory of the whole process since it began; the operating system does not tell it by thread. */
  readonly peakRssBytes: number | null;
  /** Of the training thread; null where the system does not tell. */
  readonly cpuSeconds: number | null;
}

export interface TrainedZone {
  readonly manifest: ModelManifest;
  readonly artifact: Uint8Array;
  /** ONNX bytes of the judge twin. */
  readonly twin: Uint8Array;
  /** What served when the training began, whether it could be compared with or not. */
  readonly championVersion: string | null;
  readonly usage: TaskUsage;
  /** Largest difference between ONNX Runtime and the trainer, in units of scale. */
  readonly onnxDifference: number;
  /** Of a deep training. */
  readonly deep?: DeepReport;
}

/** What a worker answers. */
export type WorkerMessage =
  | { readonly type: 'progress'; readonly stage: TrainStage; readonly fraction: number }
  | { readonly type: 'done'; readonly result: TrainedZone }
  | {
      readonly type: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly usage: TaskUsage;
    };

/** The version of a champion, or null. */
export function versionOfChampion(champion: Champion): string | null {
  if (champion.kind === 'none') return null;
  return champion.kind === 'twin' ? champion.manifest.version : champion.version;
}
