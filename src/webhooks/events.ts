import type { Alert, ModelRecord, TrainingRun } from '../contracts/records.js';
import { eventId } from './signature.js';

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
  /** JSON: `{id, type, timestamp, data}`; the id is that of the event, whoever sends it. */
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
  return { type: TEST_EVENT, identity, zones: [], body: bodyOf(identity, TEST_EVENT, at, data) };
}

function alertEvent(alert: Alert): WebhookEvent {
  const type = `alert.${alert.state}`;
  const identity = `${type} ${alert.id} ${alert.at}`;
  return {
    type,
    identity,
    zones: alert.zone === null ? [] : [alert.zone],
    body: bodyOf(identity, type, alert.at, alert),
  };
}

/** Without the artifact: it has megabytes, and `nowcast models export` gives it verified. */
function modelEvent({ version, status, statusAt, statusReason, manifest }: ModelRecord): WebhookEvent {
  const type = `model.${status}`;
  const { zones, algorithm, createdAt, trainedFrom, trainedUntil, metrics, gate } = manifest;
  const identity = `${type} ${version} ${statusAt}`;
  return {
    type,
    identity,
    zones,
    body: bodyOf(identity, type, statusAt, {
      ...{ version, status, statusAt, statusReason, zones, algorithm },
      ...{ createdAt, trainedFrom, trainedUntil, metrics, gate },
    }),
  };
}

function trainingEvent(run: TrainingRun): WebhookEvent | null {
  if (run.status === 'queued') return null;
  const type = `training.${run.status}`;
  const { id, zone, kind, status, startedAt, finishedAt, rows, modelVersion, error } = run;
  // A running one is written again and again with its progress.
  const identity = `${type} ${id}`;
  return {
    type,
    identity,
    zones: [zone],
    body: bodyOf(identity, type, finishedAt ?? startedAt, {
      ...{ id, zone, kind, status, startedAt, finishedAt, rows, modelVersion, error },
    }),
  };
}

function bodyOf(identity: string, type: string, timestamp: string, data: object): string {
  return JSON.stringify({ id: eventId(identity), type, timestamp, data });
}
