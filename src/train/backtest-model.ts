import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { FEATURE_COUNT } from '../features/feature-names.js';
import type { InputEvent } from '../features/input-event.js';
import type { RowBuffer } from '../features/row-buffer.js';
import { INPUT_NAME, openSession, OUTPUT_NAME } from '../model/loaded-model.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import type { NowcastRequest } from '../nowcast/request.js';
import type { BacktestOrigin } from './backtest-rows.js';
import { fitZone, type FitOptions, type UnjudgedManifest } from './fit-zone.js';
import { verifyOnnx } from './verify-onnx.js';

export interface BacktestTraining {
  readonly profile: ZoneProfile;
  readonly seed: number;
  readonly fit?: Pick<FitOptions, 'gbdt' | 'rowBudget' | 'heldOutRowBudget'>;
  /** @param fraction 0 .. 1 */
  readonly onProgress?: (stage: 'train' | 'walk' | 'score', fraction: number) => void;
}

/** A model of the walk, run by ONNX Runtime just as the stream would. */
export class BacktestModel {
  private constructor(
    readonly manifest: UnjudgedManifest,
    private readonly session: InferenceSession,
  ) {}

  /** Trains on what had become available by `untilMs`, and verifies the ONNX file against the trainer. */
  static async train(
    events: readonly InputEvent[],
    options: BacktestTraining,
    untilMs: number,
  ): Promise<BacktestModel> {
    const { manifest, artifact, block, expected } = fitZone(events, options.profile, {
      ...options.fit,
      seed: options.seed,
      untilMs,
      onProgress: (_stage, fraction) => options.onProgress?.('train', fraction),
    });
    await verifyOnnx(manifest.version, artifact, block.features, expected);
    return new BacktestModel(manifest, await openSession(manifest.version, artifact));
  }

  /** @param buffer the rows of the requests, and no others */
  async answer(requests: readonly NowcastRequest[], buffer: RowBuffer): Promise<BacktestOrigin[]> {
    const output = await this.run(buffer);
    const { scaleMw } = this.manifest.bands;
    return requests.map(({ originMs, baselineMw, firstRow, modelUsable }) => ({
      originMs,
      mw: modelUsable
        ? baselineMw.map((base, h) => base + (scaleMw[h] ?? 0) * (output[firstRow + h] ?? 0))
        : baselineMw,
      model: modelUsable ? this.manifest : null,
    }));
  }

  release(): Promise<void> {
    return this.session.release();
  }

  private async run(buffer: RowBuffer): Promise<Float32Array> {
    if (buffer.rows === 0) return new Float32Array(0);
    const input = new Tensor('float32', buffer.view(), [buffer.rows, FEATURE_COUNT]);
    const results = await this.session.run({ [INPUT_NAME]: input });
    return results[OUTPUT_NAME]?.data as Float32Array;
  }
}
