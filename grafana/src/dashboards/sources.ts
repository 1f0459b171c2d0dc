import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, zoneVariable } from '../dashboard.js';
import { lines, rising, stat } from '../panels.js';
import { INFLUX, influx, PROMETHEUS, prom, ZONE } from '../query.js';

/** Whether the sources answer and what came from them. */
export function sourcesDashboard(): DashboardBuilder {
  return dashboard({
    uid: 'nowcast-sources',
    title: 'Sources',
    about: 'Requests to the sources of demand and weather, their outcomes, and what arrived.',
    from: 'now-24h',
    guide: 'grafana.md',
  })
    .variables([zoneVariable('several')])
    .withPanel(sinceSuccess())
    .withPanel(
      metric(
        'Requests by outcome',
        'sum by (source, outcome) (increase(nowcast_source_requests_total[$__rate_interval]))',
        '{{source}}, {{outcome}}',
        'short',
        'Anything but ok and not_modified is a failure.',
      ),
    )
    .withPanel(
      metric(
        'Share of requests that failed',
        '1 - sum by (source) (rate(nowcast_source_requests_total{outcome=~"ok|not_modified"}[$__rate_interval])) / sum by (source) (rate(nowcast_source_requests_total[$__rate_interval]))',
        '{{source}}',
        'percentunit',
        'By source.',
      ),
    )
    .withPanel(
      metric(
        'Duration of requests, 95 %',
        'histogram_quantile(0.95, sum by (source, le) (rate(nowcast_source_request_seconds_bucket[$__rate_interval])))',
        '{{source}}',
        's',
        'Of twenty requests nineteen were faster than this.',
      ),
    )
    .withPanel(
      metric(
        'Age of inputs',
        'max by (zone, input) (nowcast_input_age_seconds{zone=~"$zone"})',
        '{{zone}}, {{input}}',
        's',
        'Of the newest input of each zone that the stream has seen.',
      ),
    )
    .withPanel(arrived('Demand values by source', 'demand', 'mw'))
    .withPanel(arrived('Weather values by source', 'weather', 'temperatureC'));
}

const sinceSuccess = () =>
  stat(
    {
      title: 'Since the last success',
      about: 'Of each collector.',
      from: PROMETHEUS,
      unit: 's',
      width: 24,
      targets: [
        prom('time() - max by (source) (nowcast_source_last_success_timestamp_seconds)', {
          legend: '{{source}}',
        }),
      ],
    },
    rising(1800, 7200),
  );

function metric(title: string, expr: string, legend: string, unit: string, about: string) {
  return lines({ title, about, from: PROMETHEUS, unit, targets: [prom(expr, { legend })] });
}

function arrived(title: string, measurement: string, field: string) {
  return lines({
    title,
    about: 'At the interval that the value is about.',
    from: INFLUX,
    targets: [
      influx(
        `SELECT count("${field}") FROM "${measurement}" WHERE ${ZONE} AND $timeFilter GROUP BY time($__interval), "zone", "source" fill(none)`,
        { alias: '$tag_zone, $tag_source' },
      ),
    ],
  });
}
