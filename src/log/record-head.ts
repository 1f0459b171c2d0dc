import type { TopicName } from '../contracts/records.js';
import { childTraceparent } from './traceparent.js';

/** The value schema of each topic, as topics/*.json declare it (a test holds the two together). */
export const SCHEMA_OF: Readonly<Record<TopicName, string>> = {
  'demand.observed': 'demand-observed',
  'demand.forecast': 'demand-forecast',
  'supply.observed': 'supply-observed',
  'supply.forecast': 'supply-forecast',
  'weather.observed': 'weather-observed',
  'weather.forecast': 'weather-forecast',
  nowcasts: 'nowcast',
  accuracy: 'accuracy',
  alerts: 'alert',
  'quality.events': 'quality-event',
  'quality.summaries': 'quality-summary',
  models: 'model',
  'training.requests': 'training-request',
  'training.runs': 'training-run',
  'dead-letters': 'dead-letter',
  audit: 'audit',
};

/** The headers that every record has. */
export interface RecordHead extends Readonly<Record<string, string>> {
  readonly schema: string;
  readonly source: string;
  /** W3C trace context. */
  readonly traceparent: string;
}

/**
 * What every record says of itself in its headers.
 * @param source who made it: a source of observations, a part of the service, or who asked
 * @param parent trace context of the record that caused this one, if one did
 */
export function recordHead(topic: TopicName, source: string, parent?: string): RecordHead {
  return { schema: SCHEMA_OF[topic], source, traceparent: childTraceparent(parent) };
}
