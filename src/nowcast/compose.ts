import { scaleAt } from '../model/horizon-scale.js';
import { MODEL_OUTPUTS } from '../model/model-outputs.js';
import type { Nowcast, NowcastStep } from '../contracts/records.js';
import { MINUTE_MS, toIso } from '../contracts/time.js';
import type { Reason } from './reasons.js';
import type { ModelAnswer, NowcastRequest } from './request.js';
import type { StandingCorrection } from './band-tracker.js';
import { type BandCorrection, correctedBand } from './conformal.js';
import type { ExtraQuantiles, StepBand, StepQuantile } from './extra-quantiles.js';
import { minuteIso } from './target-times.js';

/** Gives the band correction in force now. @param begin the model's own: where the correction starts when nothing is known yet */
export type CorrectionOf = (begin: () => BandCorrection, originMs: number) => StandingCorrection;

/**
 * The fallback ladder: model, then ramp baseline, then persistence, then no nowcast; always labelled. A fallback has
 * no band: none was measured for it.
 * @param answer of the model that ran over the request's RowBuffer, or null when none did
 * @returns null when not even the baseline is a number
 */
export function compose(
  request: NowcastRequest,
  answer: ModelAnswer | null,
  correct?: CorrectionOf,
): Nowcast | null {
  if (!request.modelUsable) return fallback(request, null);
  if (answer === null) return fallback(request, 'no_model');
  const order = horizonOrder(request, answer);
  if (order === null) return fallback(request, 'model_mismatch');
  const steps = modelSteps(request, answer, order, correct);
  if (steps === null) return fallback(request, 'model_output_invalid');
  return record(
    request,
    answer.version,
    request.reasons.length === 0 ? 'ok' : 'degraded',
    request.reasons,
    steps,
  );
}

/** Megawatts to the watt: what is left beyond it is noise that would double the size of a record. */
function round(mw: number): number {
  return Math.round(mw * 1000) / 1000;
}

/** Per horizon of the request its position in the model's lists; null when the model lacks one. */
function horizonOrder(request: NowcastRequest, answer: ModelAnswer): readonly number[] | null {
  const order: number[] = [];
  let at = 0;
  for (const minutes of request.horizonsMinutes) {
    while (at < answer.horizonsMinutes.length && (answer.horizonsMinutes[at] as number) < minutes) at++;
    if (answer.horizonsMinutes[at] !== minutes) return null;
    order.push(at);
  }
  return order;
}

function modelSteps(
  request: NowcastRequest,
  answer: ModelAnswer,
  order: readonly number[],
  correct: CorrectionOf = (begin) => begin(),
): NowcastStep[] | null {
  const steps: NowcastStep[] = [];
  const ageMinutes = (request.originMs - request.anchorMs) / MINUTE_MS;
  const correction = correct(() => beginOf(answer, order), request.originMs);
  for (let i = 0; i < order.length; i++) {
    const scale =
      ageMinutes === 0
        ? (answer.scaleMw[order[i] as number] ?? Number.NaN)
        : scaleAt(
            answer.horizonsMinutes,
            answer.scaleMw,
            (request.horizonsMinutes[i] as number) + ageMinutes,
          );
    const first = (request.firstRow + i) * MODEL_OUTPUTS;
    const output = (column: number): number => scale * (answer.output[first + column] ?? Number.NaN);
    const shift = correction.adjustment?.shiftMw[i] ?? 0;
    const mw = (request.baselineMw[i] as number) + output(0) + shift;
    const rawP10 = mw + output(1);
    const rawP90 = mw + output(2);
    const { p10, p90 } = correctedBand(mw, rawP10, rawP90, correction, i);
    if (!Number.isFinite(mw) || !Number.isFinite(p10) || !Number.isFinite(p90)) return null;
    const plain = step(request, i, mw, round(p10), round(p90));
    const { extra } = correction;
    steps.push(
      extra ? { ...plain, quantiles: quantilesOf(extra, i, { mw, rawP10, rawP90, p10, p90 }) } : plain,
    );
  }
  return steps;
}

/** Rounding keeps their order. */
function quantilesOf(extra: ExtraQuantiles, i: number, band: StepBand): StepQuantile[] {
  return extra.at(i, band).map(({ q, mw }) => ({ q, mw: round(mw) }));
}

/** Where the model's correction begins, in the order of the request's horizons. */
function beginOf({ p10Mw, p90Mw }: ModelAnswer, order: readonly number[]): BandCorrection {
  const inOrder = (values: readonly number[]) => order.map((at) => values[at] ?? Number.NaN);
  return { p10Mw: inOrder(p10Mw), p90Mw: inOrder(p90Mw) };
}

function fallback(request: NowcastRequest, reason: Reason | null): Nowcast | null {
  const steps: NowcastStep[] = [];
  for (let i = 0; i < request.horizonsMinutes.length; i++) {
    const mw = request.baselineMw[i] as number;
    if (!Number.isFinite(mw)) return null;
    steps.push(step(request, i, mw, null, null));
  }
  const reasons = reason === null ? request.reasons : [...request.reasons, reason];
  return record(request, `baseline:${request.baselineKind}`, 'fallback', reasons, steps);
}

function step(
  request: NowcastRequest,
  i: number,
  mw: number,
  p10: number | null,
  p90: number | null,
): NowcastStep {
  const horizonMinutes = request.horizonsMinutes[i] as number;
  const target = minuteIso(request.originMs + horizonMinutes * MINUTE_MS);
  return { target, horizonMinutes, mw: round(mw), p10, p90 };
}

function record(
  request: NowcastRequest,
  modelVersion: string,
  quality: Nowcast['quality'],
  reasons: readonly string[],
  steps: NowcastStep[],
): Nowcast | null {
  const [first, ...rest] = steps;
  if (first === undefined) return null;
  return {
    zone: request.zone,
    origin: minuteIso(request.originMs),
    issuedAt: toIso(request.asOfMs),
    modelVersion,
    revision: request.revision,
    quality,
    reasons: [...reasons],
    latestDemandMw: round(request.latestDemandMw),
    inputs: { demandAgeMs: request.demandAgeMs, weatherAgeMs: request.weatherAgeMs },
    steps: [first, ...rest],
  };
}
