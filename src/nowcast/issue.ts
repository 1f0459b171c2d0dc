import { DAY_MS } from '../contracts/time.js';
import type { RowBuffer } from '../features/row-buffer.js';
import { computeBaseline, writeFeatureRows } from '../features/vector.js';
import { checkInputs } from './input-check.js';
import type { NowcastRequest, Trigger } from './request.js';
import type { ZoneStream } from './zone-stream.js';

/** A last accepted value older than this before the origin is no anchor for any forecast. */
const MAX_ANCHOR_AGE_MS = DAY_MS;

/** The accepted value that a nowcast of the current origin stands on, or null: then there is none to issue. */
export function anchorOf(
  stream: ZoneStream,
): { readonly validTimeMs: number; readonly demandMw: number } | null {
  const latest = stream.state.latestDemand();
  return latest !== null && stream.originMs - latest.validTimeMs <= MAX_ANCHOR_AGE_MS ? latest : null;
}

/**
 * Issues the current origin: takes the next revision and, unless only state is being rebuilt, computes the features.
 * @param emit false while restoring: the revision is counted, nothing is computed
 * @returns null when restoring, or when no accepted value is near enough to forecast from
 */
export function issue(
  stream: ZoneStream,
  asOfMs: number,
  trigger: Trigger | null,
  buffer: RowBuffer,
  emit: boolean,
): NowcastRequest | null {
  const anchor = anchorOf(stream);
  if (anchor === null) return null;
  const revision = stream.nextRevision++;
  if (!emit) return null;
  const { state, originMs, profile } = stream;
  const { reasons, modelUsable, weatherAgeMs } = checkInputs(stream, asOfMs);
  const horizonsMinutes = profile.horizonsMinutes;
  const rows = modelUsable ? writeFeatureRows(state, originMs, asOfMs, horizonsMinutes, buffer) : null;
  const { baselineMw, baselineKind } =
    rows ?? computeBaseline(state, originMs, anchor.validTimeMs, horizonsMinutes);
  return {
    zone: profile.zone,
    originMs,
    asOfMs,
    revision,
    horizonsMinutes,
    latestDemandMw: anchor.demandMw,
    demandAgeMs: asOfMs - (anchor.validTimeMs + profile.stepMs),
    weatherAgeMs,
    reasons,
    modelUsable,
    firstRow: rows?.firstRow ?? -1,
    baselineMw,
    baselineKind,
    trigger,
  };
}
