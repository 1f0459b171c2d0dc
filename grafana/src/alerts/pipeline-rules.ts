import type { AlertGroup } from './rule.js';

/** Kinds that a rule of its own reports; the others are passed on as they are. */
const OTHERS =
  'mape|coverage|bias|drift|demand_late|weather_late|training_failed|model_rejected|data_quality|source_down';
const DEAD = 'nowcast_dead_letters_total';

/** Whether records are worked off and nowcasts come out. */
export const PIPELINE_RULES: AlertGroup = {
  name: 'nowcast-pipeline',
  rules: [
    {
      name: 'NowcastRoleDown',
      severity: 'critical',
      kinds: ['pipeline'],
      expr: 'up{job=~"collect|stream|train|serve|power-nowcast"}',
      is: 'below',
      threshold: 1,
      forTime: '2m',
      summary: '{job} at {instance} does not answer',
      description: 'The role is down or does not get to answering. The log keeps what the others write.',
      panel: ['nowcast-capacity', 'Time since start'],
    },
    {
      name: 'NowcastNothingEmitted',
      severity: 'critical',
      kinds: ['pipeline'],
      expr: 'time() - max by (zone) (nowcast_last_emitted_timestamp_seconds) - 3 * max by (zone) (nowcast_step_seconds)',
      is: 'above',
      threshold: 600,
      forTime: '5m',
      summary: 'No nowcast of {zone} for three steps and more',
      description: 'Users see the last path grow old. Late demand is the usual cause.',
      panel: ['nowcast-pipeline', 'Since the last nowcast'],
    },
    {
      name: 'NowcastNeverEmitted',
      severity: 'critical',
      kinds: ['pipeline'],
      expr: 'absent(nowcast_last_emitted_timestamp_seconds)',
      is: 'above',
      threshold: 0,
      forTime: '1h',
      summary: 'No stream has emitted a nowcast since its start',
      description: 'There is no demand in the log, or no stream runs.',
      panel: ['nowcast-pipeline', 'Nowcasts emitted'],
    },
    {
      name: 'NowcastConsumerLag',
      severity: 'warning',
      kinds: ['pipeline'],
      expr: 'max by (topic, partition) (nowcast_consumer_lag)',
      is: 'above',
      threshold: 1000,
      forTime: '10m',
      summary: '{topic}/{partition} is {value} records behind',
      description: 'Nowcasts are late by what is not worked off. A backfill is worked off by itself.',
      panel: ['nowcast-pipeline', 'Consumer lag'],
    },
    {
      name: 'NowcastSlow',
      severity: 'warning',
      kinds: ['pipeline'],
      expr: 'histogram_quantile(0.99, sum by (le) (rate(nowcast_event_to_emit_seconds_bucket[15m])))',
      is: 'above',
      threshold: 2,
      forTime: '15m',
      summary: 'One nowcast of a hundred takes more than {value} s',
      description: 'From reading an input to the durable nowcast; usual are milliseconds.',
      panel: ['nowcast-pipeline', 'From input to durable nowcast'],
    },
    {
      name: 'NowcastDeadLetters',
      severity: 'warning',
      kinds: ['pipeline'],
      // The first dead letter begins its series, and `increase` needs one to begin from.
      expr: `sum by (topic, code) (increase(${DEAD}[15m]) > 0 or (${DEAD} unless ${DEAD} offset 15m))`,
      is: 'above',
      threshold: 0,
      forTime: '0s',
      summary: 'Records of {topic} were set aside ({code})',
      description: 'They could not be read. They are kept with their reason in dead-letters.',
      panel: ['nowcast-pipeline', 'Dead letters'],
    },
    {
      name: 'NowcastServiceAlert',
      severity: 'warning',
      kinds: ['resource', 'pipeline'],
      expr: `max by (zone, kind, detail) (nowcast_alert_active{kind!~"${OTHERS}"})`,
      is: 'above',
      threshold: 0,
      forTime: '0s',
      summary: 'The service reports {kind} {detail} {zone}',
      description: 'Its words stand in the table of alerts, at /v1/alerts and in the topic alerts.',
      panel: ['nowcast', 'Alerts raised and resolved'],
    },
  ],
};
