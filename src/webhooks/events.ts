import type { Alert, ModelRecord, TrainingRun } from '../contracts/records.js';

/** What webhooks can be told of. */
export const EVENT_TYPES = [
  'alert.raised',
  'alert.resolved',
  'model.candidate',
  'model.promoted',
  'model.rejected',
  'model.retired',
  'training.running',
  'training.succeeded',
  'training.rejected',
  'training.failed',
  'training.skipped',
] as const;
export const EVENT_FAMILIES = ['alert.*', 'model.*', 'training.*'] as const;
export const TEST_EVENT = 'webhook.test';

/** Topics that hold the events. */
export const EVENT_TOPICS = ['alerts', 'models', 'training.runs'] as const;
export type EventTopic = (typeof EVENT_TOPICS)[number];
export interface EventRecords {
  alerts: Alert;
  models: ModelRecord;
  'training.runs': TrainingRun;
}

export interface WebhookEvent {
  readonly type: string;
  /** What makes it this event: a record that is written or read twice is one event. */
  readonly identity: string;
  /** Zones it is about; none when about no zone. */
  readonly zones: readonly string[];
  /** JSON: `{type, timestamp, data}`. */
  readonly body: string;
}

/** The event that a record is, or null when it is none (a queued run, for example). */
export function eventOf<T extends EventTopic>(topic: T, record: EventRecords[T]): WebhookEvent | null {
  switch (topic) {
    case 'alerts':
      return alertEvent(record as Alert);
    case 'models':
      return modelEvent(record as ModelRecord);
    case 'training.runs':
      return trainingEvent(record as TrainingRun);
  }
}

/** An event for trying out a webhook. */
export function testEvent(at: string, identity: string): WebhookEvent {
  const data = { message: 'A test: nothing has happened.' };
  return { type: TEST_EVENT, identity, zones: [], body: bodyOf(TEST_EVENT, at, data) };
}

function alertEvent(alert: Alert): WebhookEvent {
  const type = `alert.${alert.state}`;
  return {
    type,
    identity: `${type} ${alert.id} ${alert.at}`,
    zones: alert.zone === null ? [] : [alert.zone],
    body: bodyOf(type, alert.at, alert),
  };
}

/** Without the artifact: it has megabytes, and `nowcast models export` gives it verified. */
function modelEvent({ version, status, statusAt, statusReason, manifest }: ModelRecord): WebhookEvent {
  const type = `model.${status}`;
  const { zones, algorithm, createdAt, trainedFrom, trainedUntil, metrics, gate } = manifest;
  return {
    type,
    identity: `${type} ${version} ${statusAt}`,
    zones,
    body: bodyOf(type, statusAt, {
      ...{ version, status, statusAt, statusReason, zones, algorithm },
      ...{ createdAt, trainedFrom, trainedUntil, metrics, gate },
    }),
  };
}

function trainingEvent(run: TrainingRun): WebhookEvent | null {
  if (run.status === 'queued') return null;
  const type = `training.${run.status}`;
  const { id, zone, kind, status, startedAt, finishedAt, rows, modelVersion, error } = run;
  return {
    type,
    // A running one is written again and again with its progress.
    identity: `${type} ${id}`,
    zones: [zone],
    body: bodyOf(type, finishedAt ?? startedAt, {
      ...{ id, zone, kind, status, startedAt, finishedAt, rows, modelVersion, error },
    }),
  };
}

function bodyOf(type: string, timestamp: string, data: object): string {
  return JSON.stringify({ type, timestamp, data });
}
