import { trainingRequestOf } from '../accuracy/alerts.js';
import type {
  Accuracy,
  Alert,
  Nowcast,
  QualityEvent,
  QualitySummary,
  TopicName,
  TopicRecords,
} from '../contracts/records.js';
import { DAY_MS, toIso } from '../contracts/time.js';
import type { AppendRecord, AppendResult, EventLog } from '../log/event-log.js';
import { recordHead } from '../log/record-head.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import type { SavedBands } from './band-tracker.js';
import { encodeBands, encodeRamp, ERRORS_HEADER, RAMP_HEADER, TRIGGER_HEADER } from './nowcast-headers.js';
import { partitionKey } from './restore.js';
import type { Trigger } from './request.js';
import type { ZoneFinding, ZoneQualityReport } from './work-batch.js';

const SOURCE = 'stream';

export interface EmittedNowcast {
  readonly nowcast: Nowcast;
  readonly asOfMs: number;
  readonly trigger: Trigger | null;
  readonly traceparent: string | undefined;
  /** State of the zone's band correction, where this nowcast carries it. */
  readonly bandState: SavedBands | null;
  /** What the 24 h ramp said at each step, megawatts; null when it could say nothing. */
  readonly ramp24hMw: Float64Array | null;
  /** The header that says by what recent errors moved it; null when they did not. */
  readonly errors: string | null;
}

/** Everything one flush emits. */
export interface Outputs {
  readonly nowcasts: readonly EmittedNowcast[];
  readonly findings: readonly ZoneFinding[];
  readonly summaries: readonly QualitySummary[];
  readonly accuracy: readonly Accuracy[];
  readonly alerts: readonly Alert[];
}

/**
 * Appends a flush to its topics. Nowcasts go last: once one is in the topic, everything else of its flush is too.
 * @returns the end of the nowcasts topic afterwards, or undefined when none was appended
 */
export async function appendOutputs(
  log: EventLog,
  codec: SchemaCodec,
  outputs: Outputs,
): Promise<number | undefined> {
  const append = appender(log, codec);
  // Before its alert: a crash between the two repeats the request, under the same id, and loses none.
  const requests = outputs.alerts.map(trainingRequestOf).filter((request) => request !== null);
  await append('training.requests', requests, (request) => [request.id, request.requestedAt]);
  await Promise.all([
    append('quality.events', outputs.findings.map(qualityEvent), (event) => [event.zone, event.detectedAt]),
    append('quality.summaries', outputs.summaries, (summary) => [summary.zone, summary.at]),
    append('accuracy', outputs.accuracy, (accuracy) => [accuracy.zone, accuracy.at]),
    append('alerts', outputs.alerts, (alert) => [alert.id, alert.at]),
  ]);
  if (outputs.nowcasts.length === 0) return undefined;
  const results = await log.append(
    'nowcasts',
    outputs.nowcasts.map((emitted) => nowcastRecord(codec, emitted)),
  );
  return Math.max(...results.map(({ lastOffset }) => lastOffset)) + 1;
}

function appender(log: EventLog, codec: SchemaCodec) {
  return <T extends TopicName>(
    topic: T,
    values: readonly TopicRecords[T][],
    keyAndTime: (value: TopicRecords[T]) => readonly [string, string],
  ): Promise<AppendResult[]> => {
    if (values.length === 0) return Promise.resolve([]);
    const records = values.map((value) => {
      const [key, time] = keyAndTime(value);
      return {
        key,
        value: codec.encode(topic, value),
        timestampMs: Date.parse(time),
        headers: recordHead(topic, SOURCE),
      };
    });
    return log.append(topic, records);
  };
}

function nowcastRecord(
  codec: SchemaCodec,
  { nowcast, asOfMs, trigger, traceparent, bandState, ramp24hMw, errors }: EmittedNowcast,
): AppendRecord {
  const headers = {
    ...recordHead('nowcasts', SOURCE, traceparent),
    ...(bandState === null ? {} : encodeBands(bandState)),
    ...(errors === null ? {} : { [ERRORS_HEADER]: errors }),
    ...(ramp24hMw === null
      ? {}
      : {
          [RAMP_HEADER]: encodeRamp(
            ramp24hMw,
            nowcast.steps.map(({ mw }) => mw),
          ),
        }),
  };
  return {
    key: nowcast.zone,
    value: codec.encode('nowcasts', nowcast),
    timestampMs: asOfMs,
    headers:
      trigger === null
        ? headers
        : { ...headers, [TRIGGER_HEADER]: `${partitionKey(trigger)}:${trigger.offset}` },
  };
}

function qualityEvent(finding: ZoneFinding): QualityEvent {
  const { zone, rule, severity, action, value, message, source } = finding;
  return {
    zone,
    rule,
    severity,
    action,
    value,
    message,
    source,
    validTime: toIso(finding.validTimeMs),
    detectedAt: toIso(finding.detectedAtMs),
    ...(finding.intervals === undefined ? {} : { intervals: finding.intervals }),
  };
}

/** The records of the days that a report closes. */
export function qualitySummaries({ zone, asOfMs, days }: ZoneQualityReport): QualitySummary[] {
  return days.map((day) => {
    const { expectedIntervals: expected, presentIntervals: present, values, quarantinedValues } = day;
    return {
      zone,
      day: toIso(day.day * DAY_MS).slice(0, 10),
      from: toIso(day.fromMs),
      until: toIso(day.untilMs),
      at: toIso(asOfMs),
      intervals: { expected, present, missing: Math.max(0, expected - present) },
      completenessPercent: percent(present, expected),
      values: { total: values, quarantined: quarantinedValues },
      quarantinedPercent: values === 0 ? 0 : percent(quarantinedValues, values),
      gaps: { count: day.gaps, longestMinutes: day.longestGapMinutes },
      byRule: Object.fromEntries(day.byRule),
    };
  });
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : Number(Math.min(100, (100 * part) / whole).toFixed(3));
}
