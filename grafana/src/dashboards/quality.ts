import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { GraphDrawStyle } from '@grafana/grafana-foundation-sdk/common';
import { alertAnnotation, dashboard, zoneVariable } from '../dashboard.js';
import { lines, stat, table } from '../panels.js';
import { INFLUX, influx, PROMETHEUS, prom, ZONE } from '../query.js';

const EVENTS = `FROM "quality_event" WHERE ${ZONE} AND $timeFilter`;

/** What the rules of data quality found. */
export function qualityDashboard(): DashboardBuilder {
  return dashboard({
    uid: 'nowcast-quality',
    title: 'Data quality',
    about: 'Findings of the quality rules: what was flagged, what was kept out of the nowcasts, and where.',
    from: 'now-7d',
    guide: 'grafana.md',
  })
    .variables([zoneVariable('several')])
    .annotations([alertAnnotation()])
    .withPanel(count('Findings in this time', 'By severity.', 'severity'))
    .withPanel(
      count('What was done', 'Quarantined values stay in the log and out of the features.', 'action'),
    )
    .withPanel(over('Findings by rule', 'rule'))
    .withPanel(over('Findings by zone', 'zone'))
    .withPanel(over('Findings by source', 'source'))
    .withPanel(rate())
    .withPanel(latest());
}

function count(title: string, about: string, tag: string) {
  return stat({
    title,
    about,
    from: INFLUX,
    width: 12,
    targets: [influx(`SELECT sum("count") ${EVENTS} GROUP BY "${tag}"`, { alias: `$tag_${tag}` })],
  });
}

function over(title: string, tag: string) {
  return lines({
    title,
    about: 'At the interval that the finding is about.',
    from: INFLUX,
    targets: [
      influx(`SELECT sum("count") ${EVENTS} GROUP BY time($__interval), "${tag}" fill(none)`, {
        alias: `$tag_${tag}`,
      }),
    ],
  })
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(60);
}

const rate = () =>
  lines({
    title: 'Findings as they are made',
    about: 'By rule, at the time at which the stream found them.',
    from: PROMETHEUS,
    targets: [
      prom('sum by (rule) (increase(nowcast_quality_events_total[$__rate_interval]))', {
        legend: '{{rule}}',
      }),
    ],
  });

const latest = () =>
  table({
    title: 'Findings',
    about: 'Newest first.',
    from: INFLUX,
    targets: [
      influx(
        `SELECT "zone", "rule", "severity", "action", "judged", "source", "message" ${EVENTS} ORDER BY time DESC LIMIT 500`,
        { table: true },
      ),
    ],
  });
