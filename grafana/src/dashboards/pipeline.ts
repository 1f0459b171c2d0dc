import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from '../dashboard.js';
import { lines, rising, stat } from '../panels.js';
import { INFLUX, influx, PROMETHEUS, prom } from '../query.js';

/** Whether the stream keeps up, from the metrics; and the same from the database for who has no Prometheus. */
export function pipelineDashboard(): DashboardBuilder {
  return dashboard({
    uid: 'nowcast-pipeline',
    title: 'Pipeline health and lag',
    about: 'Whether records are worked off as they come, how long a nowcast takes, and what was set aside.',
    from: 'now-6h',
    guide: 'grafana.md',
  })
    .withPanel(
      now(
        'Alerts raised by the service',
        'sum(nowcast_alert_active) or vector(0)',
        'Raised and not resolved.',
        rising(1, 5),
      ),
    )
    .withPanel(now('Largest consumer lag', 'max(nowcast_consumer_lag)', 'Records behind.', rising(100, 1000)))
    .withPanel(
      now(
        'Share of fallback nowcasts, 1 h',
        'sum(increase(nowcast_emitted_total{quality="fallback"}[1h])) / sum(increase(nowcast_emitted_total[1h]))',
        'Nowcasts in which the baseline stood in for the model.',
        rising(0.05, 0.2),
      ).unit('percentunit'),
    )
    .withPanel(
      now(
        'Dead letters, 24 h',
        `sum(${deadLetters('24h')}) or vector(0)`,
        'Records that were set aside.',
        rising(1, 10),
      ).decimals(0),
    )
    .withPanel(
      rate(
        'Records consumed',
        'sum by (topic) (rate(nowcast_events_total[$__rate_interval]))',
        '{{topic}}',
        'cps',
      ),
    )
    .withPanel(
      rate(
        'Nowcasts emitted',
        'sum by (zone, quality) (rate(nowcast_emitted_total[$__rate_interval]))',
        '{{zone}}, {{quality}}',
        'cps',
      ),
    )
    .withPanel(
      rate(
        'Consumer lag',
        'max by (topic, partition) (nowcast_consumer_lag)',
        '{{topic}}/{{partition}}',
        'short',
      ),
    )
    .withPanel(quantiles('From input to durable nowcast', 'nowcast_event_to_emit_seconds'))
    .withPanel(quantiles('One inference', 'nowcast_inference_seconds'))
    .withPanel(
      rate(
        'Dead letters',
        `sum by (topic, code) (${deadLetters('$__rate_interval')})`,
        '{{topic}}, {{code}}',
        'short',
      ),
    )
    .withPanel(
      rate('Age of inputs', 'max by (zone, input) (nowcast_input_age_seconds)', '{{zone}}, {{input}}', 's'),
    )
    .withPanel(
      rate(
        'Since the last nowcast',
        'time() - max by (zone) (nowcast_last_emitted_timestamp_seconds)',
        '{{zone}}',
        's',
      ),
    )
    .withPanel(
      rate(
        'Webhooks: attempts',
        'sum by (outcome) (increase(nowcast_webhook_attempts_total[$__rate_interval]))',
        '{{outcome}}',
        'short',
      ),
    )
    .withPanel(
      rate(
        'Webhooks: deliveries that ended',
        'sum by (outcome) (increase(nowcast_webhook_deliveries_total[$__rate_interval]))',
        '{{outcome}}',
        'short',
      ),
    )
    .withPanel(
      rate('Webhooks: dead deliveries kept', 'sum by (job) (nowcast_webhook_dead)', '{{job}}', 'short'),
    )
    .withPanel(
      rate(
        'Audit entries that could not be written',
        'sum by (job) (increase(nowcast_audit_failures_total[$__rate_interval]))',
        '{{job}}',
        'short',
      ),
    )
    .withPanel(
      sampled('From the database: records and nowcasts', ['events_total', 'emitted_total'], 'derivative'),
    )
    .withPanel(sampled('From the database: lag and alerts', ['consumer_lag', 'alerts_active'], 'mean'));
}

/** The first dead letter begins its series, and `increase` needs one to begin from. */
function deadLetters(span: string): string {
  const total = 'nowcast_dead_letters_total';
  return `increase(${total}[${span}]) > 0 or (${total} unless ${total} offset ${span})`;
}

function now(title: string, expr: string, about: string, steps: ReturnType<typeof rising>) {
  return stat({ title, about, from: PROMETHEUS, targets: [prom(expr, { instant: true })] }, steps);
}

function rate(title: string, expr: string, legend: string, unit: string) {
  return lines({ title, about: title + '.', from: PROMETHEUS, unit, targets: [prom(expr, { legend })] });
}

function quantiles(title: string, histogram: string) {
  return lines({
    title,
    about: 'Half, 95 % and 99 % of them were faster than this.',
    from: PROMETHEUS,
    unit: 's',
    targets: [0.5, 0.95, 0.99].map((q, i) =>
      prom(`histogram_quantile(${q}, sum by (le) (rate(${histogram}_bucket[$__rate_interval])))`, {
        legend: `p${q * 100}`,
        refId: 'ABC'.charAt(i),
      }),
    ),
  });
}

/** Samples that the stream writes to the database each minute. */
function sampled(title: string, names: readonly string[], how: 'mean' | 'derivative') {
  const value = how === 'mean' ? 'mean("value")' : 'non_negative_derivative(last("value"), 1m)';
  return lines({
    title,
    about: how === 'mean' ? 'As the stream sampled it.' : 'Growth a minute, from the samples of the stream.',
    from: INFLUX,
    targets: names.map((name, i) =>
      influx(
        `SELECT ${value} FROM "pipeline" WHERE "name" = '${name}' AND $timeFilter GROUP BY time($__interval) fill(none)`,
        { alias: name, refId: 'AB'.charAt(i) },
      ),
    ),
  });
}
