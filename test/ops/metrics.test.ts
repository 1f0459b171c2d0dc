import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/ops/metrics.js';

/** The names and labels that dashboards and alert rules rely on. */
const CONTRACT: Record<string, { type: string; labels: string[] }> = {
  nowcast_events_total: { type: 'counter', labels: ['topic'] },
  nowcast_emitted_total: { type: 'counter', labels: ['zone', 'quality'] },
  nowcast_event_to_emit_seconds: { type: 'histogram', labels: [] },
  nowcast_inference_seconds: { type: 'histogram', labels: [] },
  nowcast_consumer_lag: { type: 'gauge', labels: ['topic', 'partition'] },
  nowcast_input_age_seconds: { type: 'gauge', labels: ['zone', 'input'] },
  nowcast_mape_percent: { type: 'gauge', labels: ['zone', 'horizon', 'window'] },
  nowcast_coverage80_percent: { type: 'gauge', labels: ['zone', 'horizon'] },
  nowcast_bias_mw: { type: 'gauge', labels: ['zone', 'horizon', 'window'] },
  nowcast_skill: { type: 'gauge', labels: ['zone', 'horizon', 'window'] },
  nowcast_feed_clients: { type: 'gauge', labels: [] },
  nowcast_feed_messages_total: { type: 'counter', labels: [] },
  nowcast_feed_conflated_total: { type: 'counter', labels: [] },
  nowcast_feed_closed_total: { type: 'counter', labels: ['code'] },
  nowcast_dead_letters_total: { type: 'counter', labels: ['topic', 'code'] },
  nowcast_quality_events_total: { type: 'counter', labels: ['rule'] },
  nowcast_quarantined_percent: { type: 'gauge', labels: ['zone'] },
  nowcast_longest_gap_minutes: { type: 'gauge', labels: ['zone'] },
  nowcast_training_runs_total: { type: 'counter', labels: ['status'] },
  nowcast_training_seconds: { type: 'histogram', labels: [] },
  nowcast_model_info: { type: 'gauge', labels: ['zone', 'version'] },
  nowcast_source_requests_total: { type: 'counter', labels: ['source', 'outcome'] },
  nowcast_source_request_seconds: { type: 'histogram', labels: ['source'] },
  nowcast_source_last_success_timestamp_seconds: { type: 'gauge', labels: ['source'] },
  nowcast_audit_failures_total: { type: 'counter', labels: [] },
  nowcast_webhook_attempts_total: { type: 'counter', labels: ['outcome'] },
  nowcast_webhook_deliveries_total: { type: 'counter', labels: ['outcome'] },
  nowcast_webhook_retries_total: { type: 'counter', labels: [] },
  nowcast_webhook_pending: { type: 'gauge', labels: [] },
  nowcast_webhook_dead: { type: 'gauge', labels: [] },
  nowcast_webhook_delivery_seconds: { type: 'histogram', labels: [] },
  nowcast_alert_active: { type: 'gauge', labels: ['zone', 'kind', 'detail'] },
  nowcast_input_late_after_seconds: { type: 'gauge', labels: ['zone', 'input'] },
  nowcast_step_seconds: { type: 'gauge', labels: ['zone'] },
  nowcast_last_emitted_timestamp_seconds: { type: 'gauge', labels: ['zone'] },
  nowcast_training_last_finished_timestamp_seconds: { type: 'gauge', labels: ['zone'] },
};

describe('createMetrics', () => {
  it('has exactly the metrics of the contract, with their types and labels', async () => {
    const { registry, ...members } = createMetrics();
    const metrics = await registry.getMetricsAsJSON();
    const own = metrics.filter((metric) => metric.name.startsWith('nowcast_')).map((metric) => metric.name);
    expect(own.sort()).toEqual(Object.keys(CONTRACT).sort());
    const text = await registry.metrics();
    const labelsOf = new Map<string, string[]>();
    for (const member of Object.values(members)) {
      const inner = member as unknown as { name: string; labelNames: string[] };
      labelsOf.set(inner.name, inner.labelNames);
    }
    for (const [name, { type, labels }] of Object.entries(CONTRACT)) {
      expect(text).toContain(`# TYPE ${name} ${type}`);
      expect(labelsOf.get(name)).toEqual(labels);
    }
  });

  it('has the default process metrics', async () => {
    const text = await createMetrics().registry.metrics();
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });

  it('keeps two instances apart', async () => {
    const a = createMetrics();
    const b = createMetrics();
    a.eventsTotal.inc({ topic: 'nowcasts' }, 3);
    expect((await a.eventsTotal.get()).values).toEqual([{ labels: { topic: 'nowcasts' }, value: 3 }]);
    expect((await b.eventsTotal.get()).values).toEqual([]);
  });
});
