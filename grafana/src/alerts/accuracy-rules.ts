import type { AlertGroup } from './rule.js';

/** Horizons of at most an hour: the target of 2 % is theirs. */
const UP_TO_AN_HOUR = '[1-9]|[1-5][0-9]|60';
const raised = (kind: string): string => `max by (zone, detail) (nowcast_alert_active{kind="${kind}"})`;

/** How good the nowcasts are. What needs statistics is judged by the service; these rules pass its verdict on. */
export const ACCURACY_RULES: AlertGroup = {
  name: 'nowcast-accuracy',
  rules: [
    {
      name: 'NowcastMapeHigh',
      severity: 'warning',
      kinds: ['mape'],
      expr: `max by (zone, horizon) (nowcast_mape_percent{window="24h",horizon=~"${UP_TO_AN_HOUR}"})`,
      is: 'above',
      threshold: 2,
      forTime: '30m',
      summary: 'MAPE of {zone} at {horizon} min is {value} % over 24 h',
      description: 'Nowcasts up to an hour ahead are meant to stay within 2 %.',
      panel: ['nowcast-accuracy', 'MAPE, $window'],
    },
    {
      name: 'NowcastCoverageLost',
      severity: 'warning',
      kinds: ['coverage'],
      expr: raised('coverage'),
      is: 'above',
      threshold: 0,
      forTime: '10m',
      summary: 'The 80 % band of {zone} at {detail} min does not hold 80 %',
      description: 'Over 7 d the band holds too few or too many actuals, beyond chance: do not rely on it.',
      panel: ['nowcast-accuracy', 'Coverage of the 80 % band, $window'],
    },
    {
      name: 'NowcastCoverageCollapsed',
      severity: 'critical',
      kinds: ['coverage'],
      expr: 'min by (zone, horizon) (nowcast_coverage80_percent)',
      is: 'below',
      threshold: 50,
      forTime: '1h',
      summary: 'The 80 % band of {zone} at {horizon} min held {value} % of actuals over 24 h',
      description: 'Half of the actuals or more fall outside: who plans with the band is misled.',
      panel: ['nowcast-accuracy', 'Coverage of the 80 % band, $window'],
    },
    {
      name: 'NowcastBiased',
      severity: 'warning',
      kinds: ['bias'],
      expr: raised('bias'),
      is: 'above',
      threshold: 0,
      forTime: '10m',
      summary: 'Nowcasts of {zone} are biased ({detail})',
      description:
        'They lie on one side of the actuals beyond chance. The detail is minutes ahead and window.',
      panel: ['nowcast-accuracy', 'Bias, $window'],
    },
    {
      name: 'NowcastDrift',
      severity: 'warning',
      kinds: ['drift'],
      expr: raised('drift'),
      is: 'above',
      threshold: 0,
      forTime: '0s',
      summary: 'Errors of the nowcasts of {zone} have changed',
      description: 'The detector of drift has asked for a training.',
      panel: ['nowcast-accuracy', 'MAPE, $window'],
    },
    {
      name: 'NowcastFallbackShare',
      severity: 'warning',
      kinds: ['pipeline'],
      expr: 'sum by (zone) (increase(nowcast_emitted_total{quality="fallback"}[1h])) / sum by (zone) (increase(nowcast_emitted_total[1h]))',
      is: 'above',
      threshold: 0.2,
      forTime: '15m',
      summary: 'The baseline stands in for the model of {zone} in a share of {value} of its nowcasts',
      description: 'Fallback nowcasts are labelled as such, and are less accurate.',
      panel: ['nowcast', 'Quality of the nowcasts'],
    },
  ],
};
