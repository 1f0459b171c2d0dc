import type { ErrorCode } from '../contracts/errors.js';
import type { ModelManifest, TrainingRun } from '../contracts/records.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import type { EventColumns } from './event-columns.js';
import type { FitStage } from './fit-zone.js';
import type { GbdtOptions } from './gbdt/options.js';

/** What the trainer sends to a worker: one zone to train. */
export interface TrainTask {
  readonly columns: EventColumns;
  readonly profile: ZoneProfile;
  readonly seed: number;
  readonly rowBudget?: number;
  readonly heldOutRowBudget?: number;
  readonly createdAtMs?: number;
  readonly gbdt?: Partial<GbdtOptions>;
}

export type TrainStage = FitStage | 'verify';

export interface TrainedZone {
  readonly manifest: ModelManifest;
  readonly artifact: Uint8Array;
  readonly stages: TrainingRun['stages'];
  readonly peakRssBytes: number;
  /** Largest difference between ONNX Runtime and the trainer, in units of scale. */
  readonly onnxDifference: number;
}

/** What a worker answers. */
export type WorkerMessage =
  | { readonly type: 'progress'; readonly stage: TrainStage; readonly fraction: number }
  | { readonly type: 'done'; readonly result: TrainedZone }
  | {
      readonly type: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly stages: TrainingRun['stages'];
      readonly peakRssBytes: number;
    };
