import type { AlertGroup } from './rule.js';

const ATTEMPTS = 'nowcast_webhook_attempts_total';

/** Whether events get to those who asked for them, and whether changes are in the audit. */
export const SERVING_RULES: AlertGroup = {
  name: 'nowcast-serving',
  rules: [
    {
      name: 'NowcastWebhookDead',
      severity: 'warning',
      kinds: [],
      expr: 'sum by (job, instance) (increase(nowcast_webhook_deliveries_total{outcome="dead"}[15m]))',
      is: 'above',
      threshold: 0,
      forTime: '0s',
      summary: 'Webhook deliveries of {job} at {instance} were given up',
      description:
        'The last attempt failed. The receiver has not got these events; they are kept and can be replayed.',
      panel: ['nowcast-pipeline', 'Webhooks: deliveries that ended'],
    },
    {
      name: 'NowcastWebhookFailing',
      severity: 'warning',
      kinds: [],
      expr: `sum by (job, instance) (rate(${ATTEMPTS}{outcome="failed"}[30m])) / sum by (job, instance) (rate(${ATTEMPTS}[30m]))`,
      is: 'above',
      threshold: 0.5,
      forTime: '15m',
      summary: 'A share of {value} of the attempts to deliver to webhooks fails at {instance}',
      description: 'Failed attempts are made again, at growing distances. Nothing is lost yet.',
      panel: ['nowcast-pipeline', 'Webhooks: attempts'],
    },
    {
      name: 'NowcastAuditFails',
      severity: 'critical',
      kinds: [],
      expr: 'sum by (job, instance) (increase(nowcast_audit_failures_total[15m]))',
      is: 'above',
      threshold: 0,
      forTime: '0s',
      summary: 'Entries of the audit could not be written by {job} at {instance}',
      description:
        'Changes by operators are refused meanwhile; what was being made may stand without its last entry.',
      panel: ['nowcast-pipeline', 'Audit entries that could not be written'],
    },
  ],
};
