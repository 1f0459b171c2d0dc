/**
 * The stored form of one nowcast: its whole path as packed doubles, once per (zone, origin). One entry of about
 * 1.5 kB instead of 60 entries of a step each is what makes a replay cheap to write and a path one read.
 *
 * Little-endian: u8 version, u8 quality, u16 steps, u32 revision, f64 issuedAtMs, f64 latestDemandMw, f64 demandAgeMs,
 * f64 weatherAgeMs (NaN for null), then horizonsMinutes u32[n], mw f64[n], p10 f64[n], p90 f64[n] (NaN for null),
 * then u16 length + UTF-8 model version, u32 length + UTF-8 JSON of the reasons. Version 2 is the same with further
 * quantiles at the end (path-quantiles.ts); a path without any is written as version 1.
 */
import { NowcastError } from '../contracts/errors.js';
import type { Nowcast, NowcastStep } from '../contracts/records.js';
import { MINUTE_MS, parseIso, toIso } from '../contracts/time.js';
import type { NowcastPoint } from './history-store.js';
import {
  quantileBytes,
  quantilesOf,
  readQuantiles,
  type StoredQuantiles,
  writeQuantiles,
} from './path-quantiles.js';

const VERSION = 1;
const VERSION_WITH_QUANTILES = 2;
const HEADER_BYTES = 40;
const MAX_STEPS = 0xffff;
const QUALITIES: readonly Nowcast['quality'][] = ['ok', 'degraded', 'fallback'];

const horizonAt = (n: number): number => HEADER_BYTES + 4 * n;
const mwAt = (steps: number, n: number): number => HEADER_BYTES + 4 * steps + 8 * n;
const p10At = (steps: number, n: number): number => mwAt(steps, steps + n);
const p90At = (steps: number, n: number): number => mwAt(steps, 2 * steps + n);
const tailAt = (steps: number): number => mwAt(steps, 3 * steps);

/** @throws NowcastError RECORD_INVALID when it has no step or more than 65,535 */
export function encodePath(nowcast: Nowcast): Buffer {
  const { steps } = nowcast as { steps: readonly NowcastStep[] };
  if (steps.length === 0 || steps.length > MAX_STEPS) {
    throw new NowcastError(
      'RECORD_INVALID',
      `nowcast of ${nowcast.zone} at ${nowcast.origin} has ${steps.length} steps`,
    );
  }
  const reasons = nowcast.reasons.length === 0 ? '' : JSON.stringify(nowcast.reasons);
  const modelBytes = Buffer.byteLength(nowcast.modelVersion);
  const reasonBytes = Buffer.byteLength(reasons);
  const tail = tailAt(steps.length);
  const quantiles = quantilesOf(steps);
  const end = tail + 6 + modelBytes + reasonBytes;
  const out = Buffer.allocUnsafe(end + quantileBytes(quantiles, steps.length));
  writeHeader(out, nowcast, steps.length);
  if (quantiles.length > 0) {
    out[0] = VERSION_WITH_QUANTILES;
    writeQuantiles(out, end, quantiles, steps);
  }
  writeSteps(out, steps);
  out.writeUInt16LE(modelBytes, tail);
  out.write(nowcast.modelVersion, tail + 2, 'utf8');
  out.writeUInt32LE(reasonBytes, tail + 2 + modelBytes);
  out.write(reasons, tail + 6 + modelBytes, 'utf8');
  return out;
}

function writeHeader(out: Buffer, nowcast: Nowcast, steps: number): void {
  out[0] = VERSION;
  out[1] = QUALITIES.indexOf(nowcast.quality);
  out.writeUInt16LE(steps, 2);
  out.writeUInt32LE(nowcast.revision, 4);
  out.writeDoubleLE(parseIso(nowcast.issuedAt), 8);
  out.writeDoubleLE(nowcast.latestDemandMw, 16);
  out.writeDoubleLE(nowcast.inputs.demandAgeMs, 24);
  out.writeDoubleLE(nowcast.inputs.weatherAgeMs ?? Number.NaN, 32);
}

function writeSteps(out: Buffer, steps: readonly NowcastStep[]): void {
  const n = steps.length;
  for (const [i, step] of steps.entries()) {
    out.writeUInt32LE(step.horizonMinutes, horizonAt(i));
    out.writeDoubleLE(step.mw, mwAt(n, i));
    out.writeDoubleLE(step.p10 ?? Number.NaN, p10At(n, i));
    out.writeDoubleLE(step.p90 ?? Number.NaN, p90At(n, i));
  }
}

/** The nowcast that was stored; times come back in canonical ISO form, targets as origin + horizon. */
export function decodePath(zone: string, originMs: number, path: Buffer): Nowcast {
  const n = stepsOf(path);
  const steps: NowcastStep[] = [];
  for (let i = 0; i < n; i += 1) steps.push(stepAt(originMs, path, n, i));
  const weatherAgeMs = path.readDoubleLE(32);
  return {
    zone,
    origin: toIso(originMs),
    issuedAt: toIso(path.readDoubleLE(8)),
    modelVersion: modelVersionOf(path, n),
    revision: path.readUInt32LE(4),
    quality: QUALITIES[path[1] ?? 0] ?? 'fallback',
    reasons: reasonsOf(path, n),
    latestDemandMw: path.readDoubleLE(16),
    inputs: { demandAgeMs: path.readDoubleLE(24), weatherAgeMs: orNull(weatherAgeMs) },
    steps: steps as Nowcast['steps'],
  };
}

function stepAt(originMs: number, path: Buffer, n: number, i: number): NowcastStep {
  const horizonMinutes = path.readUInt32LE(horizonAt(i));
  return {
    target: toIso(originMs + horizonMinutes * MINUTE_MS),
    horizonMinutes,
    mw: path.readDoubleLE(mwAt(n, i)),
    p10: orNull(path.readDoubleLE(p10At(n, i))),
    p90: orNull(path.readDoubleLE(p90At(n, i))),
    ...furtherAt(path, n, i),
  };
}

/**
 * The step of one horizon, without decoding the rest.
 * @param hint where this horizon stood in the path read before; most paths have the same horizons
 * @returns its index, or -1 when this path has no such horizon
 */
export function findHorizon(path: Buffer, horizonMinutes: number, hint: number): number {
  const n = stepsOf(path);
  if (hint >= 0 && hint < n && path.readUInt32LE(horizonAt(hint)) === horizonMinutes) return hint;
  for (let i = 0; i < n; i += 1) {
    if (path.readUInt32LE(horizonAt(i)) === horizonMinutes) return i;
  }
  return -1;
}

/** One step as a point at its target time. */
export function pointAt(originMs: number, path: Buffer, index: number): NowcastPoint {
  const n = stepsOf(path);
  const horizonMinutes = path.readUInt32LE(horizonAt(index));
  return {
    timeMs: originMs + horizonMinutes * MINUTE_MS,
    horizonMinutes,
    mw: path.readDoubleLE(mwAt(n, index)),
    p10: orNull(path.readDoubleLE(p10At(n, index))),
    p90: orNull(path.readDoubleLE(p90At(n, index))),
    ...furtherAt(path, n, index),
    modelVersion: modelVersionOf(path, n),
  };
}

function furtherAt(path: Buffer, n: number, index: number): { readonly quantiles?: StoredQuantiles } {
  if (path[0] !== VERSION_WITH_QUANTILES) return {};
  const reasons = reasonsAt(path, n);
  const quantiles = readQuantiles(path, reasons + 4 + path.readUInt32LE(reasons), n, index);
  return quantiles === undefined ? {} : { quantiles };
}

/** The farthest target time of a path. */
export function lastTargetMs(originMs: number, path: Buffer): number {
  const n = stepsOf(path);
  let farthest = 0;
  for (let i = 0; i < n; i += 1) farthest = Math.max(farthest, path.readUInt32LE(horizonAt(i)));
  return originMs + farthest * MINUTE_MS;
}

function stepsOf(path: Buffer): number {
  if (path[0] !== VERSION && path[0] !== VERSION_WITH_QUANTILES) {
    throw new NowcastError(
      'STORAGE_FAILED',
      `a stored nowcast has format ${String(path[0])}, this version reads ${VERSION} and ${VERSION_WITH_QUANTILES}; upgrade, or delete the history and replay the log`,
    );
  }
  return path.readUInt16LE(2);
}

function modelVersionOf(path: Buffer, n: number): string {
  const tail = tailAt(n);
  return path.toString('utf8', tail + 2, tail + 2 + path.readUInt16LE(tail));
}

function reasonsAt(path: Buffer, n: number): number {
  return tailAt(n) + 2 + path.readUInt16LE(tailAt(n));
}

function reasonsOf(path: Buffer, n: number): string[] {
  const at = reasonsAt(path, n);
  const bytes = path.readUInt32LE(at);
  return bytes === 0 ? [] : (JSON.parse(path.toString('utf8', at + 4, at + 4 + bytes)) as string[]);
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
