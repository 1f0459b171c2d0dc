import { Tensor } from 'onnxruntime-node';
import { FEATURE_COUNT } from '../features/feature-names.js';
import type { InputEvent } from '../features/input-event.js';
import type { RowBuffer } from '../features/row-buffer.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { MINUTE_MS } from '../contracts/time.js';
import { scaleAt } from '../model/horizon-scale.js';
import { INPUT_NAME, OUTPUT_NAME } from '../model/loaded-model.js';
import { MODEL_OUTPUTS } from '../model/model-outputs.js';
import type { NowcastRequest } from '../nowcast/request.js';
import type { BacktestOrigin } from './backtest-rows.js';
import { fitZone, type FitOptions, type UnjudgedManifest } from './fit-zone.js';
import type { PlanChanges } from './plan.js';
import { verifyOnnx } from './verify-onnx.js';
import { openTrainingSession, type TrainingSession } from './training-session.js';

export interface BacktestTraining {
  readonly profile: ZoneProfile;
  readonly seed: number;
  readonly fit?: PlanChanges & Pick<FitOptions, 'effort' | 'pooling'>;
  /** @param fraction 0 .. 1 */
  readonly onProgress?: (stage: 'train' | 'walk' | 'score', fraction: number) => void;
}

/** A model of the walk, run by ONNX Runtime just as the stream would. */
export class BacktestModel {
  private constructor(
    readonly manifest: UnjudgedManifest,
    private readonly session: TrainingSession,
  ) {}

  /** Trains on what had become available by `untilMs`, and verifies the ONNX file against the trainer. */
  static async train(
    events: readonly InputEvent[],
    options: BacktestTraining,
    untilMs: number,
  ): Promise<BacktestModel> {
    const { manifest, artifact, block, expected } = await fitZone(events, options.profile, {
      effort: 'deep',
      ...options.fit,
      seed: options.seed,
      untilMs,
      onProgress: (_stage, fraction) => options.onProgress?.('train', fraction),
    });
    await verifyOnnx(manifest.version, artifact, block.features, expected);
    return new BacktestModel(manifest, await openTrainingSession(manifest.version, artifact));
  }

  /**
   * Forecasts with the model's own bands; the ramp baseline, without a band, where no model may answer.
   * @param buffer the rows of the requests, and no others
   */
  async answer(requests: readonly NowcastRequest[], buffer: RowBuffer): Promise<BacktestOrigin[]> {
    const output = await this.run(buffer);
    return requests.map((request) => {
      const { originMs, anchorMs, baselineMw, modelUsable } = request;
      if (!modelUsable) return { originMs, mw: baselineMw, model: null };
      const column = (offset: number) => this.column(request, output, offset);
      const mw = column(0).map((difference, h) => (baselineMw[h] ?? Number.NaN) + difference);
      const p10RawMw = column(1).map((difference, h) => (mw[h] ?? Number.NaN) + difference);
      const p90RawMw = column(2).map((difference, h) => (mw[h] ?? Number.NaN) + difference);
      return { originMs, anchorMs, mw, p10RawMw, p90RawMw, model: this.manifest };
    });
  }

  release(): Promise<void> {
    return this.session.release();
  }

  /** One output of every horizon, megawatts. */
  private column(request: NowcastRequest, output: Float32Array, offset: number) {
    const { firstRow, horizonsMinutes, originMs, anchorMs } = request;
    const { bands, horizonsMinutes: trained } = this.manifest;
    const ageMinutes = (originMs - anchorMs) / MINUTE_MS;
    return Float64Array.from(
      horizonsMinutes,
      (minutes, h) =>
        scaleAt(trained, bands.scaleMw, minutes + ageMinutes) *
        (output[(firstRow + h) * MODEL_OUTPUTS + offset] ?? Number.NaN),
    );
  }

  private async run(buffer: RowBuffer): Promise<Float32Array> {
    if (buffer.rows === 0) return new Float32Array(0);
    const input = new Tensor('float32', buffer.view(), [buffer.rows, FEATURE_COUNT]);
    const results = await this.session.run({ [INPUT_NAME]: input });
    return results[OUTPUT_NAME]?.data as Float32Array;
  }
}
