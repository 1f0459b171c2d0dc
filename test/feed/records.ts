import type { DemandForecast, DemandObservation, ModelRecord, Nowcast } from '../../src/contracts/records.js';
import { MINUTE_MS, toIso } from '../../src/contracts/time.js';

export const START_MS = Date.UTC(2024, 6, 1);

export interface NowcastShape {
  readonly zone?: string;
  readonly originMs?: number;
  readonly revision?: number;
  readonly horizons?: readonly [number, ...number[]];
  /** Pads the record. */
  readonly reasons?: readonly string[];
  /** Further quantiles of each step. */
  readonly quantiles?: readonly number[];
}

export function makeNowcast(shape: NowcastShape = {}): Nowcast {
  const { zone = 'A', originMs = START_MS, revision = 0, horizons = [5, 15, 60], reasons = [] } = shape;
  const { quantiles } = shape;
  const step = (horizonMinutes: number): Nowcast['steps'][number] => ({
    target: toIso(originMs + horizonMinutes * MINUTE_MS),
    horizonMinutes,
    mw: 1000 + horizonMinutes,
    p10: 900,
    p90: 1100,
    ...(quantiles && { quantiles: quantiles.map((q) => ({ q, mw: 900 + 200 * q })) }),
  });
  const [first, ...rest] = horizons;
  return {
    zone,
    origin: toIso(originMs),
    issuedAt: toIso(originMs + 7 * MINUTE_MS),
    modelVersion: 'm1',
    revision,
    quality: 'ok',
    reasons: [...reasons],
    latestDemandMw: 1000,
    inputs: { demandAgeMs: 2 * MINUTE_MS, weatherAgeMs: null },
    steps: [step(first), ...rest.map(step)],
  };
}

export function makeDemand(zone: string, validTimeMs: number, demandMw = 1000): DemandObservation {
  return {
    zone,
    kind: 'actual',
    validTime: toIso(validTimeMs),
    stepMinutes: 5,
    demandMw,
    availableAt: toIso(validTimeMs + 6 * MINUTE_MS),
    source: 'test',
    revision: 0,
  };
}

/** An operator's forecast of the hour that starts at START_MS, or as the changes say. */
export function makeForecast(changes: Partial<DemandForecast> = {}): DemandForecast {
  return {
    zone: 'A',
    kind: 'forecast',
    product: 'operator-day-ahead',
    validTime: toIso(START_MS),
    stepMinutes: 60,
    demandMw: 1010,
    issuedAt: null,
    availableAt: toIso(START_MS - 14 * 60 * MINUTE_MS),
    source: 'test',
    revision: 0,
    ...changes,
  };
}

export function makeModel(
  version: string,
  zone: string,
  status: ModelRecord['status'] = 'promoted',
): ModelRecord {
  const at = toIso(START_MS);
  return {
    version,
    status,
    statusAt: at,
    statusReason: 'gate passed',
    manifest: {
      version,
      zones: [zone],
      algorithm: 'ridge',
      timeZone: 'UTC',
      holidays: '',
      createdAt: at,
      stepMinutes: 5,
      horizonsMinutes: [5],
      featureHash: 'a'.repeat(64),
      featureCount: 3,
      trainedFrom: at,
      trainedUntil: at,
      rows: 10,
      dataFingerprint: 'b'.repeat(64),
      bands: { scaleMw: [1], p10Mw: [-1], p90Mw: [1] },
      metrics: [],
      gate: { verdict: 'promoted', reasons: [] },
      artifactSha256: 'c'.repeat(64),
      artifactBytes: 4,
    },
    artifact: 'AAAA',
    signature: { algorithm: 'ed25519', keyId: 'd'.repeat(16), value: 'AAAA' },
  };
}
