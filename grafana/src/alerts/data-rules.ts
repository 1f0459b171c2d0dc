import type { AlertGroup } from './rule.js';

const failed = 'sum by (source) (increase(nowcast_source_requests_total{outcome!~"ok|not_modified"}[30m]))';
const answered = 'sum by (source) (increase(nowcast_source_requests_total{outcome=~"ok|not_modified"}[30m]))';

/** What comes in. */
export const DATA_RULES: AlertGroup = {
  name: 'nowcast-data',
  rules: [
    {
      name: 'NowcastInputTooOld',
      severity: 'critical',
      kinds: ['demand_late'],
      // Seen by several streams after a zone has moved: the one that has it now knows the newest.
      expr: 'min by (zone, input) (nowcast_input_age_seconds) - max by (zone, input) (nowcast_input_late_after_seconds)',
      is: 'above',
      threshold: 0,
      forTime: '5m',
      summary: 'The newest {input} of {zone} is older than its limit by {value} s',
      description: 'Nowcasts are made from what is there and are labelled degraded.',
      panel: ['nowcast-sources', 'Age of inputs'],
    },
    {
      name: 'NowcastWeatherTooOld',
      severity: 'warning',
      kinds: ['weather_late'],
      expr: 'min by (zone) (nowcast_input_age_seconds{input="weather"})',
      is: 'above',
      threshold: 6 * 3600,
      forTime: '10m',
      summary: 'The newest weather of {zone} is {value} s old',
      description: 'Nowcasts some hours ahead lose accuracy.',
      panel: ['nowcast-sources', 'Age of inputs'],
    },
    {
      name: 'NowcastSourceDown',
      severity: 'warning',
      kinds: ['source_down'],
      expr: `(${failed} > 0) unless (${answered} > 0)`,
      is: 'above',
      threshold: 0,
      forTime: '10m',
      summary: '{source} has not given data for half an hour',
      description:
        'Every request failed. What is in the store is served meanwhile; gaps are filled once it answers.',
      panel: ['nowcast-sources', 'Requests by outcome'],
    },
    {
      name: 'NowcastCollectorStale',
      severity: 'warning',
      kinds: ['source_down'],
      expr: 'time() - max by (source) (nowcast_source_last_success_timestamp_seconds)',
      is: 'above',
      threshold: 6 * 3600,
      forTime: '10m',
      summary: 'The collector {source} last succeeded {value} s ago',
      description: 'It does not run, or its source has nothing new.',
      panel: ['nowcast-sources', 'Since the last success'],
    },
    {
      name: 'NowcastDataQuality',
      severity: 'warning',
      kinds: ['data_quality'],
      expr: 'sum(increase(nowcast_quality_events_total[1h])) / sum(increase(nowcast_events_total{topic=~"demand.observed|weather.observed"}[1h]))',
      is: 'above',
      threshold: 0.1,
      forTime: '15m',
      summary: 'The quality rules found something in a share of {value} of what came in',
      description: 'Values that are clearly wrong are kept out of the nowcasts; too many of them leave gaps.',
      panel: ['nowcast-quality', 'Findings by rule'],
    },
  ],
};
