import type { ModelManifest } from '../contracts/records.js';

interface Errors {
  readonly minutes: Uint16Array;
  /** Relative to the actual. */
  readonly absError: Float32Array;
}

/**
 * What every version that the models topic holds did on its held-out block, by horizon: what may be expected of it in
 * service. A few hundred bytes a version, for none of its artifact is kept.
 */
export class HeldOutErrors {
  private readonly known = new Map<string, Errors>();

  note({ version, metrics }: Pick<ModelManifest, 'version' | 'metrics'>): void {
    this.known.set(version, {
      minutes: Uint16Array.from(metrics, ({ horizonMinutes }) => horizonMinutes),
      absError: Float32Array.from(metrics, ({ mape }) => mape / 100),
    });
  }

  remove(version: string): void {
    this.known.delete(version);
  }

  /** Mean absolute error relative to the actual; null where it is not known. */
  errorOf(version: string, horizonMinutes: number): number | null {
    const errors = this.known.get(version);
    const error = errors?.absError[errors.minutes.indexOf(horizonMinutes)] ?? Number.NaN;
    return Number.isFinite(error) && error > 0 ? error : null;
  }
}
