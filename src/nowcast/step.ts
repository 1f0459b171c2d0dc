import { HOUR_MS, floorToStep } from '../contracts/time.js';
import type {
  DemandEvent,
  ForecastEvent,
  InputEvent,
  OperatorEvent,
  WeatherEvent,
} from '../features/input-event.js';
import type { RowBuffer } from '../features/row-buffer.js';
import type { Finding } from '../quality/verdict.js';
import { issue } from './issue.js';
import { operatorProblem } from './operator-check.js';
import type { NowcastRequest, Trigger } from './request.js';
import { weatherProblem } from './weather-check.js';
import type { ZoneStream } from './zone-stream.js';

export { createZoneStream, resumeAfter, type ZoneStream } from './zone-stream.js';

/** A late or corrected value this close before the origin re-issues the origin's nowcast; one further back is counted. */
export const GRACE_MS = HOUR_MS;

export interface StepResult {
  /** A nowcast that is due, or null. */
  readonly request: NowcastRequest | null;
  readonly findings: readonly Finding[];
}

const NO_FINDINGS: readonly Finding[] = [];
const NOTHING: StepResult = { request: null, findings: NO_FINDINGS };

/**
 * Applies one event to its zone: quality first, then state, then what is due. Deterministic: the same events in the
 * same order give the same requests, whatever batches they came in.
 * @param trigger where the event stands in the log; travels with the request
 * @param buffer receives the feature rows when the request is `modelUsable`
 * @param emit false while restoring: same state and revisions, no features, no request
 */
export function ingest(
  stream: ZoneStream,
  event: InputEvent,
  trigger: Trigger | null,
  buffer: RowBuffer,
  emit: boolean,
): StepResult {
  if (event.availableAtMs > stream.asOfMs) stream.asOfMs = event.availableAtMs;
  const findings = take(stream, event);
  if (findings === null) return NOTHING;
  if (!findings.due) return findings.list.length === 0 ? NOTHING : { request: null, findings: findings.list };
  return { request: issue(stream, stream.asOfMs, trigger, buffer, emit), findings: findings.list };
}

/**
 * Re-issues the origin with `demand_late` when its next value is overdue, once per step of lateness however often it
 * is called.
 * @param nowMs the clock; it becomes the as-of time of the nowcast
 */
export function tick(stream: ZoneStream, nowMs: number, buffer: RowBuffer): NowcastRequest | null {
  const { originMs, profile } = stream;
  if (Number.isNaN(originMs)) return null;
  const lateMs = nowMs - (originMs + profile.stepMs) - profile.lateAfterMs;
  const lateSteps = lateMs > 0 ? Math.ceil(lateMs / profile.stepMs) : 0;
  if (lateSteps <= stream.lateSteps) return null;
  stream.lateSteps = lateSteps;
  return issue(stream, Math.max(nowMs, stream.asOfMs), null, buffer, true);
}

interface Outcome {
  /** True when the current origin gets a nowcast. */
  readonly due: boolean;
  readonly list: readonly Finding[];
}

function take(stream: ZoneStream, event: InputEvent): Outcome | null {
  switch (event.type) {
    case 'demand':
      return takeDemand(stream, event);
    case 'operator':
      return takeOperator(stream, event);
    default:
      return takeWeather(stream, event);
  }
}

const DUE: Outcome = { due: true, list: NO_FINDINGS };

function outcome(due: boolean, list: readonly Finding[]): Outcome | null {
  if (list.length > 0) return { due, list };
  return due ? DUE : null;
}

function takeDemand(stream: ZoneStream, event: DemandEvent): Outcome | null {
  const { state, profile } = stream;
  const intervalMs = floorToStep(event.validTimeMs, profile.stepMs);
  const { accepted, findings, believedUntilMs } = stream.quality.assess(event, state);
  const isNew = !(intervalMs <= stream.originMs);
  if (!accepted) {
    state.hold(intervalMs, event.demandMw);
    if (!isNew || !hasBegun(event, intervalMs)) return outcome(false, findings);
    distrust(stream, believedUntilMs);
    return outcome(openOrigin(stream, intervalMs, true), findings);
  }
  if (isNew) {
    state.setDemand(intervalMs, event.demandMw, event.revision);
    distrust(stream, null);
    return outcome(openOrigin(stream, intervalMs, false), findings);
  }
  return outcomeOfKnownInterval(stream, event, intervalMs, findings);
}

/** A value that quality rejects may still tell which interval is the newest, unless its own time is what is wrong. */
function hasBegun(event: DemandEvent, intervalMs: number): boolean {
  return event.validTimeMs === intervalMs && intervalMs <= event.availableAtMs;
}

/** @param untilMs undefined when a value held back says nothing of those before it, null for one that is accepted */
function distrust(stream: ZoneStream, untilMs: number | null | undefined): void {
  if (untilMs === undefined) return;
  stream.believedUntilMs =
    untilMs === null ? Number.POSITIVE_INFINITY : Math.min(untilMs, stream.believedUntilMs);
}

function openOrigin(stream: ZoneStream, intervalMs: number, quarantined: boolean): true {
  stream.originMs = intervalMs;
  stream.originQuarantined = quarantined;
  stream.nextRevision = 0;
  stream.lateSteps = 0;
  return true;
}

/** A value for the origin's interval or an earlier one: a duplicate, a correction, or late. */
function outcomeOfKnownInterval(
  stream: ZoneStream,
  event: DemandEvent,
  intervalMs: number,
  findings: readonly Finding[],
): Outcome | null {
  const { state, originMs } = stream;
  if (state.demandAt(intervalMs) === event.demandMw) return outcome(false, findings);
  // A redelivered first value must not undo a correction.
  if (event.revision < state.demandRevisionAt(intervalMs)) return outcome(false, findings);
  const stored = state.setDemand(intervalMs, event.demandMw, event.revision);
  if (intervalMs === originMs) {
    stream.originQuarantined = false;
    distrust(stream, null);
  }
  if (stored && originMs - intervalMs <= GRACE_MS) return outcome(true, findings);
  const isCounted = findings.some(({ rule }) => rule === 'late');
  return outcome(false, isCounted ? findings : [...findings, lateFinding(event, stored)]);
}

function lateFinding(event: DemandEvent, stored: boolean): Finding {
  const fate = stored
    ? 'the history was corrected, no nowcast was re-issued'
    : 'it is older than the history that is kept';
  return {
    rule: 'late',
    severity: 'info',
    action: 'counted',
    validTimeMs: event.validTimeMs,
    value: event.demandMw,
    message: `a value came after nowcasts of later origins: ${fate}`,
  };
}

/** Weather and forecasts re-issue the origin when they change what it knew and demand is not late. */
function takeWeather(stream: ZoneStream, event: WeatherEvent | ForecastEvent): Outcome | null {
  const { state, profile, originMs } = stream;
  const problem = weatherProblem(event, stream.temperatures);
  if (problem !== null) return { due: false, list: [problem] };
  const changed = event.type === 'weather' ? state.setWeather(event) : state.setForecast(event);
  const isFresh = stream.asOfMs - (originMs + profile.stepMs) <= profile.lateAfterMs;
  return changed && isFresh ? DUE : null;
}

/**
 * The operator's own forecast is in use from the next nowcast on. Unlike weather it re-issues nothing: a curve comes as
 * one record an interval, and each of them would make a nowcast of its own.
 */
function takeOperator({ state, profile }: ZoneStream, event: OperatorEvent): Outcome | null {
  const problem = operatorProblem(event, profile.limits);
  if (problem !== null) return { due: false, list: [problem] };
  state.setOperator(event);
  return null;
}
