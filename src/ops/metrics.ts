import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Accuracy } from '../contracts/records.js';
import { startTrainingCounts, watchMetrics, type WatchMetrics } from './watch-metrics.js';
import { webhookMetrics, type WebhookMetrics } from './webhook-metrics.js';

/**
 * Every metric of the product, each a typed member, on a registry of its own (several instances can live in one
 * process, as tests do). `registry.metrics()` renders the Prometheus text.
 */
export interface Metrics extends WatchMetrics, WebhookMetrics {
  readonly registry: Registry;
  /** Records consumed from a topic. */
  readonly eventsTotal: Counter<'topic'>;
  /** Nowcasts emitted; quality is ok, degraded or fallback. */
  readonly emittedTotal: Counter<'zone' | 'quality'>;
  /** From reading an input record to its nowcast being durable, seconds. */
  readonly eventToEmitSeconds: Histogram;
  /** One inference call (a whole batch), seconds. */
  readonly inferenceSeconds: Histogram;
  /** Records between the position of the consumer and the end of the partition. */
  readonly consumerLag: Gauge<'topic' | 'partition'>;
  /** Age of the newest input of a zone, seconds; input is demand or weather. */
  readonly inputAgeSeconds: Gauge<'zone' | 'input'>;
  /** Measured MAPE, percent; horizon in minutes, window 1h, 24h or 7d. */
  readonly mapePercent: Gauge<'zone' | 'horizon' | 'window'>;
  /** Share of actuals inside p10..p90, percent; horizon in minutes. */
  readonly coverage80Percent: Gauge<'zone' | 'horizon'>;
  /** Mean of nowcast minus actual, megawatts. */
  readonly biasMw: Gauge<'zone' | 'horizon' | 'window'>;
  /** 1 - MAE / MAE of the 24 h ramp. */
  readonly skill: Gauge<'zone' | 'horizon' | 'window'>;
  readonly feedClients: Gauge;
  readonly feedMessagesTotal: Counter;
  readonly feedConflatedTotal: Counter;
  /** Connections that the server closed, by close code. */
  readonly feedClosedTotal: Counter<'code'>;
  /** Audit entries that could not be written. */
  readonly auditFailuresTotal: Counter;
  readonly deadLettersTotal: Counter<'topic' | 'code'>;
  readonly qualityEventsTotal: Counter<'rule'>;
  /** Share of a zone's values that were quarantined in the last 24 h, percent. */
  readonly quarantinedPercent: Gauge<'zone'>;
  /** Longest gap found in a zone's demand in the last 24 h, minutes. */
  readonly longestGapMinutes: Gauge<'zone'>;
  readonly trainingRunsTotal: Counter<'status'>;
  readonly trainingSeconds: Histogram;
  /** 1 for the version that serves a zone; the series of the previous version is removed. */
  readonly modelInfo: Gauge<'zone' | 'version'>;
  /** Requests to a source of data; outcome is ok or the kind of failure. */
  readonly sourceRequestsTotal: Counter<'source' | 'outcome'>;
  /** One request to a source, seconds. */
  readonly sourceRequestSeconds: Histogram<'source'>;
  /** When a collector last succeeded, seconds since the epoch. */
  readonly sourceLastSuccess: Gauge<'source'>;
}

const LATENCY_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const INFERENCE_BUCKETS = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5,
];
const SOURCE_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const TRAINING_BUCKETS = [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

/** Creates all metrics on a fresh registry, with the default process metrics (CPU, memory, event loop) beside them. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = {
    registry,
    ...streamMetrics(registry),
    ...accuracyMetrics(registry),
    ...servingMetrics(registry),
    ...watchMetrics(registry),
    ...webhookMetrics(registry),
  };
  startTrainingCounts(metrics.trainingRunsTotal);
  return metrics;
}

/** Shows measured accuracy; a score that could not be measured leaves no series behind. */
export function measureAccuracy(metrics: Metrics, scores: readonly Accuracy[]): void {
  const { mapePercent, biasMw, skill, coverage80Percent } = metrics;
  for (const score of scores) {
    const { zone, window } = score;
    const horizon = String(score.horizonMinutes);
    mapePercent.set({ zone, horizon, window }, score.mape);
    biasMw.set({ zone, horizon, window }, score.bias);
    if (score.skill === null) skill.remove({ zone, horizon, window });
    else skill.set({ zone, horizon, window }, score.skill);
    if (window !== '24h') continue;
    if (score.coverage80 === null) coverage80Percent.remove({ zone, horizon });
    else coverage80Percent.set({ zone, horizon }, score.coverage80);
  }
}

function streamMetrics(registry: Registry) {
  const registers = [registry];
  return {
    eventsTotal: new Counter({
      name: 'nowcast_events_total',
      help: 'Records consumed, by topic.',
      labelNames: ['topic'] as const,
      registers,
    }),
    emittedTotal: new Counter({
      name: 'nowcast_emitted_total',
      help: 'Nowcasts emitted, by zone and quality (ok, degraded, fallback).',
      labelNames: ['zone', 'quality'] as const,
      registers,
    }),
    eventToEmitSeconds: new Histogram({
      name: 'nowcast_event_to_emit_seconds',
      help: 'From reading an input record to its nowcast being durable.',
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    inferenceSeconds: new Histogram({
      name: 'nowcast_inference_seconds',
      help: 'One ONNX inference call over a batch of rows.',
      buckets: INFERENCE_BUCKETS,
      registers,
    }),
    consumerLag: new Gauge({
      name: 'nowcast_consumer_lag',
      help: 'Records between the consumer and the end of the partition.',
      labelNames: ['topic', 'partition'] as const,
      registers,
    }),
    deadLettersTotal: new Counter({
      name: 'nowcast_dead_letters_total',
      help: 'Records set aside as dead letters, by origin topic and error code.',
      labelNames: ['topic', 'code'] as const,
      registers,
    }),
    qualityEventsTotal: new Counter({
      name: 'nowcast_quality_events_total',
      help: 'Findings of data quality rules, by rule.',
      labelNames: ['rule'] as const,
      registers,
    }),
    quarantinedPercent: new Gauge({
      name: 'nowcast_quarantined_percent',
      help: 'Share of the demand values of a zone that were quarantined in the last 24 h.',
      labelNames: ['zone'] as const,
      registers,
    }),
    longestGapMinutes: new Gauge({
      name: 'nowcast_longest_gap_minutes',
      help: 'Longest gap found in the demand of a zone in the last 24 h.',
      labelNames: ['zone'] as const,
      registers,
    }),
    sourceRequestsTotal: new Counter({
      name: 'nowcast_source_requests_total',
      help: 'Requests to data sources, by source and outcome.',
      labelNames: ['source', 'outcome'] as const,
      registers,
    }),
    sourceRequestSeconds: new Histogram({
      name: 'nowcast_source_request_seconds',
      help: 'Duration of a request to a data source.',
      labelNames: ['source'] as const,
      buckets: SOURCE_BUCKETS,
      registers,
    }),
    sourceLastSuccess: new Gauge({
      name: 'nowcast_source_last_success_timestamp_seconds',
      help: 'When a collector last succeeded, seconds since the epoch.',
      labelNames: ['source'] as const,
      registers,
    }),
  };
}

function accuracyMetrics(registry: Registry) {
  const registers = [registry];
  return {
    inputAgeSeconds: new Gauge({
      name: 'nowcast_input_age_seconds',
      help: 'Age of the newest input of a zone (demand, weather).',
      labelNames: ['zone', 'input'] as const,
      registers,
    }),
    mapePercent: new Gauge({
      name: 'nowcast_mape_percent',
      help: 'Measured mean absolute percentage error, by zone, horizon (minutes) and window.',
      labelNames: ['zone', 'horizon', 'window'] as const,
      registers,
    }),
    biasMw: new Gauge({
      name: 'nowcast_bias_mw',
      help: 'Measured mean of nowcast minus actual in megawatts, by zone, horizon (minutes) and window.',
      labelNames: ['zone', 'horizon', 'window'] as const,
      registers,
    }),
    skill: new Gauge({
      name: 'nowcast_skill',
      help: 'Measured 1 - MAE / MAE of the 24 h ramp, by zone, horizon (minutes) and window.',
      labelNames: ['zone', 'horizon', 'window'] as const,
      registers,
    }),
    coverage80Percent: new Gauge({
      name: 'nowcast_coverage80_percent',
      help: 'Share of actuals inside p10..p90 over 24 h, by zone and horizon (minutes).',
      labelNames: ['zone', 'horizon'] as const,
      registers,
    }),
    trainingRunsTotal: new Counter({
      name: 'nowcast_training_runs_total',
      help: 'Finished training runs, by status.',
      labelNames: ['status'] as const,
      registers,
    }),
    trainingSeconds: new Histogram({
      name: 'nowcast_training_seconds',
      help: 'Wall time of one training run.',
      buckets: TRAINING_BUCKETS,
      registers,
    }),
    modelInfo: new Gauge({
      name: 'nowcast_model_info',
      help: 'Always 1; the labels say which model version serves which zone.',
      labelNames: ['zone', 'version'] as const,
      registers,
    }),
  };
}

function servingMetrics(registry: Registry) {
  const registers = [registry];
  return {
    feedClients: new Gauge({ name: 'nowcast_feed_clients', help: 'Open feed connections.', registers }),
    feedMessagesTotal: new Counter({
      name: 'nowcast_feed_messages_total',
      help: 'Messages sent to feed clients.',
      registers,
    }),
    feedConflatedTotal: new Counter({
      name: 'nowcast_feed_conflated_total',
      help: 'Nowcasts that slow feed clients did not get because a newer one of the zone replaced them.',
      registers,
    }),
    feedClosedTotal: new Counter({
      name: 'nowcast_feed_closed_total',
      help: 'Feed connections that the server closed, by close code.',
      labelNames: ['code'],
      registers,
    }),
    auditFailuresTotal: new Counter({
      name: 'nowcast_audit_failures_total',
      help: 'Audit entries that could not be written.',
      registers,
    }),
  };
}
