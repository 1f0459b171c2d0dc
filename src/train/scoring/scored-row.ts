/** One forecast of the walk beside what came and what the baselines said. Reused for the next row: copy what you keep. */
export interface ScoredRow {
  /** Index into the horizons. */
  horizonIndex: number;
  horizonMinutes: number;
  originMs: number;
  targetMs: number;
  actualMw: number;
  mw: number;
  /** NaN, as p90Mw, where there is no band. */
  p10Mw: number;
  p90Mw: number;
  /** Forecast and band before their online correction; NaN where the walk supplies none, the forecast is then `mw`. */
  mwRaw: number;
  p10RawMw: number;
  p90RawMw: number;
  persistenceMw: number;
  ramp24hMw: number;
  ramp7dMw: number;
  /** NaN where the operator had issued nothing for the target by the origin. */
  operatorMw: number;
  modelVersion: string;
}

export function emptyRow(): ScoredRow {
  const unknown = Number.NaN;
  return {
    horizonIndex: 0,
    horizonMinutes: 0,
    originMs: 0,
    targetMs: 0,
    actualMw: unknown,
    mw: unknown,
    p10Mw: unknown,
    p90Mw: unknown,
    mwRaw: unknown,
    p10RawMw: unknown,
    p90RawMw: unknown,
    persistenceMw: unknown,
    ramp24hMw: unknown,
    ramp7dMw: unknown,
    operatorMw: unknown,
    modelVersion: '',
  };
}
