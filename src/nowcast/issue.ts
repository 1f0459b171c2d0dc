import { MINUTE_MS } from '../contracts/time.js';
import type { RowBuffer } from '../features/row-buffer.js';
import { computeBaseline, type FeatureRows, writeFeatureRows } from '../features/vector.js';
import { type Anchor, anchorOf } from './anchor.js';
import { checkInputs } from './input-check.js';
import type { NowcastRequest, Trigger } from './request.js';
import type { ZoneStream } from './zone-stream.js';

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
  const { reasons, modelUsable, weatherAgeMs } = checkInputs(stream, asOfMs, anchor);
  const horizonsMinutes = profile.horizonsMinutes;
  const rows = modelUsable ? writeRows(stream, anchor, asOfMs, buffer) : null;
  const { baselineMw, baselineKind } =
    rows ?? computeBaseline(state, originMs, anchor.validTimeMs, horizonsMinutes);
  return {
    zone: profile.zone,
    originMs,
    anchorMs: anchor.validTimeMs,
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

function writeRows(stream: ZoneStream, anchor: Anchor, asOfMs: number, buffer: RowBuffer): FeatureRows {
  const { state, originMs, profile } = stream;
  const ageMinutes = (originMs - anchor.validTimeMs) / MINUTE_MS;
  return ageMinutes === 0
    ? writeFeatureRows(state, originMs, asOfMs, profile.horizonsMinutes, buffer)
    : writeRowsOfAnchor(stream, anchor, asOfMs, ageMinutes, buffer);
}

/**
 * The rows of an origin whose own value is held back: those of its anchor, for horizons that much longer, though not
 * longer than any that the model knows. The baseline reaches to the targets themselves.
 */
function writeRowsOfAnchor(
  { state, profile }: ZoneStream,
  { validTimeMs }: Anchor,
  asOfMs: number,
  ageMinutes: number,
  buffer: RowBuffer,
): FeatureRows {
  const longest = profile.horizonsMinutes.at(-1) ?? 0;
  const minutes = profile.horizonsMinutes.map((horizon) => horizon + ageMinutes);
  const known = minutes.map((horizon) => Math.min(horizon, longest));
  const { firstRow } = writeFeatureRows(state, validTimeMs, asOfMs, known, buffer);
  return { firstRow, ...computeBaseline(state, validTimeMs, validTimeMs, minutes) };
}
