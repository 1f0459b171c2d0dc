import type { Accuracy, DemandObservation, TopicName, TopicRecords } from '../contracts/records.js';
import type { LogRecord } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import type { FeedFrame } from './frame.js';
import type { ModelSummary, ViewState } from './view-state.js';

/** What one batch of the log brought, in its order. */
export interface ViewBatch {
  readonly nowcasts: FeedFrame[];
  readonly demand: DemandObservation[];
  readonly accuracy: Accuracy[];
  readonly models: ModelSummary[];
}

export const FOLLOWED_TOPICS = [
  'nowcasts',
  'demand.observed',
  'demand.forecast',
  'models',
  'accuracy',
  'alerts',
  'training.runs',
  'quality.events',
  'quality.summaries',
] as const satisfies readonly TopicName[];
export type FollowedTopic = (typeof FOLLOWED_TOPICS)[number];

type Handler = (state: ViewState, codec: SchemaCodec, record: LogRecord, batch: ViewBatch) => string | null;

const HANDLERS: Readonly<Record<FollowedTopic, Handler>> = {
  nowcasts: handler('nowcasts', (state, value, record, batch) => {
    batch.nowcasts.push(state.addNowcast(record.offset, value, record.value?.length ?? 0));
  }),
  'demand.observed': handler('demand.observed', (state, value, _record, batch) => {
    state.addDemand(value);
    batch.demand.push(value);
  }),
  'demand.forecast': handler('demand.forecast', (state, value) => {
    state.operatorForecasts.add(value);
  }),
  models: handler('models', (state, value, _record, batch) => {
    batch.models.push(state.addModel(value));
  }),
  accuracy: handler('accuracy', (state, value, _record, batch) => {
    if (state.addAccuracy(value)) batch.accuracy.push(value);
  }),
  alerts: handler('alerts', (state, value) => {
    state.addAlert(value);
  }),
  'training.runs': handler('training.runs', (state, value) => {
    state.addTrainingRun(value);
  }),
  'quality.events': handler('quality.events', (state, value) => {
    state.addQualityEvent(value);
  }),
  'quality.summaries': handler('quality.summaries', (state, value) => {
    state.addQualitySummary(value);
  }),
};

function handler<T extends FollowedTopic>(
  topic: T,
  apply: (state: ViewState, value: TopicRecords[T], record: LogRecord, batch: ViewBatch) => void,
): Handler {
  return (state, codec, record, batch) => {
    const decoded = codec.decode(topic, record.value);
    if (!decoded.ok) return `${decoded.code}: ${decoded.message}`;
    apply(state, decoded.value, record, batch);
    return null;
  };
}

/**
 * Decodes one record of a topic and brings the state up to date.
 * @returns why the record could not be decoded, or null
 */
export function applyRecord(
  state: ViewState,
  codec: SchemaCodec,
  topic: FollowedTopic,
  record: LogRecord,
  batch: ViewBatch,
): string | null {
  if (topic === 'models' && record.value === null) {
    state.removeModel(record.key);
    return null;
  }
  return HANDLERS[topic](state, codec, record, batch);
}
