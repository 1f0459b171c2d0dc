import type { AlertGroup } from './rule.js';

/** Trainings are daily; half a day is left for one that waits or is tried again. */
const OVERDUE_SECONDS = 36 * 3600;

export const TRAINING_RULES: AlertGroup = {
  name: 'nowcast-training',
  rules: [
    {
      name: 'NowcastTrainingFailed',
      severity: 'warning',
      kinds: ['training_failed'],
      expr: 'sum(increase(nowcast_training_runs_total{status="failed"}[1h]))',
      is: 'above',
      threshold: 0,
      forTime: '0s',
      summary: 'A training failed',
      description: 'The models in service stay. The run and its error stand in the table of trainings.',
      panel: ['nowcast-models', 'Trainings'],
    },
    {
      name: 'NowcastTrainingOverdue',
      severity: 'warning',
      kinds: [],
      expr: 'time() - max by (zone) (nowcast_training_last_finished_timestamp_seconds)',
      is: 'above',
      threshold: OVERDUE_SECONDS,
      forTime: '10m',
      summary: 'The last training of {zone} ended {value} s ago',
      description: 'Trainings are daily: the trainer does not run, or hangs.',
      panel: ['nowcast-models', 'Since the last training'],
    },
    {
      name: 'NowcastModelRejected',
      severity: 'info',
      kinds: ['model_rejected'],
      expr: 'max by (zone) (nowcast_alert_active{kind="model_rejected"})',
      is: 'above',
      threshold: 0,
      forTime: '0s',
      summary: 'The gate rejected the newest model of {zone}',
      description: 'The model in service stays. One rejection is usual; several in a row point at the data.',
      panel: ['nowcast-models', 'Life of the versions'],
    },
  ],
};
