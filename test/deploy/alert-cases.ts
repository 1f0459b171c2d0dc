import { at, fires, silent, type AlertCase } from './alert-case.js';
import { SERVING } from './serving-alert-cases.js';

const emitted = (quality: string): string =>
  `nowcast_emitted_total{zone="Z",quality="${quality}",instance="a"}`;
const active = (kind: string, more = ''): string =>
  `nowcast_alert_active{zone="Z",kind="${kind}",detail="60"${more}}`;
const requests = (outcome: string): string =>
  `nowcast_source_requests_total{source="caiso",outcome="${outcome}"}`;
const mape = (horizon: number, window = '24h'): string =>
  `nowcast_mape_percent{zone="Z",horizon="${horizon}",window="${window}"}`;
const age = (input: string, instance = 'a'): string =>
  `nowcast_input_age_seconds{zone="Z",input="${input}",instance="${instance}"}`;
const dead = 'nowcast_dead_letters_total{topic="demand.observed",code="DECODE"}';
const failedRuns = 'nowcast_training_runs_total{status="failed"}';

/** The rules that pass a verdict of the service on: once it is raised, and not for another kind. */
function passedOn(rule: string, kind: string, minutes: number): AlertCase[] {
  const other = kind === 'drift' ? 'bias' : 'drift';
  return [
    fires(rule, 'the service raised it', { [active(kind)]: '1x60' }, minutes),
    silent(rule, 'the service raised another kind', { [active(other)]: '1x60' }, minutes),
    silent(rule, 'the service resolved it', { [active(kind)]: '1 stale' }, minutes),
  ];
}

const ACCURACY: readonly AlertCase[] = [
  fires(
    'NowcastMapeHigh',
    'above 2 % for 40 min at two horizons',
    { [mape(5)]: '2.5x60', [mape(60)]: '2.1x60' },
    40,
    2,
  ),
  silent('NowcastMapeHigh', 'not for long enough', { [mape(60)]: '2.5x60' }, 20),
  silent('NowcastMapeHigh', 'within 2 %', { [mape(60)]: '1.99x60' }, 50),
  silent(
    'NowcastMapeHigh',
    'a day ahead, or over an hour',
    { [mape(1440)]: '5x60', [mape(60, '1h')]: '5x60' },
    50,
  ),
  ...passedOn('NowcastCoverageLost', 'coverage', 15),
  fires(
    'NowcastCoverageCollapsed',
    'below half',
    { 'nowcast_coverage80_percent{zone="Z",horizon="60"}': '40x90' },
    70,
  ),
  silent(
    'NowcastCoverageCollapsed',
    'as meant',
    { 'nowcast_coverage80_percent{zone="Z",horizon="60"}': '80x90' },
    70,
  ),
  ...passedOn('NowcastBiased', 'bias', 15),
  ...passedOn('NowcastDrift', 'drift', 5),
  fires(
    'NowcastFallbackShare',
    'a third',
    { [emitted('ok')]: '0+2x120', [emitted('fallback')]: '0+1x120' },
    100,
  ),
  silent(
    'NowcastFallbackShare',
    'a tenth',
    { [emitted('ok')]: '0+9x120', [emitted('fallback')]: '0+1x120' },
    100,
  ),
  silent('NowcastFallbackShare', 'nothing emitted at all', { [emitted('ok')]: '5x120' }, 100),
];

const TRAINING: readonly AlertCase[] = [
  fires('NowcastTrainingFailed', 'one failed', { [failedRuns]: '0x10 1x50' }, 20),
  silent('NowcastTrainingFailed', 'it failed hours ago', { [failedRuns]: '0x10 1x200' }, 150),
  silent(
    'NowcastTrainingFailed',
    'others succeeded',
    { 'nowcast_training_runs_total{status="succeeded"}': '0+1x60' },
    20,
  ),
  fires(
    'NowcastTrainingOverdue',
    '37 h ago',
    { 'nowcast_training_last_finished_timestamp_seconds{zone="Z"}': '-132000x60' },
    20,
  ),
  silent(
    'NowcastTrainingOverdue',
    'a day ago',
    { 'nowcast_training_last_finished_timestamp_seconds{zone="Z"}': '-86400x60' },
    20,
  ),
  ...passedOn('NowcastModelRejected', 'model_rejected', 5),
];

const LATE = { 'nowcast_input_late_after_seconds{zone="Z",input="demand",instance="a"}': '900x60' };

const DATA: readonly AlertCase[] = [
  fires('NowcastInputTooOld', 'older than its limit', { ...LATE, [age('demand')]: '1000x60' }, 20),
  silent('NowcastInputTooOld', 'within its limit', { ...LATE, [age('demand')]: '800x60' }, 20),
  silent(
    'NowcastInputTooOld',
    'the zone moved to another stream',
    { ...LATE, [age('demand')]: '5000x60', [age('demand', 'b')]: '100x60' },
    20,
  ),
  silent('NowcastInputTooOld', 'weather has another rule', { ...LATE, [age('weather')]: '5000x60' }, 20),
  fires('NowcastWeatherTooOld', 'seven hours', { [age('weather')]: '25200x60' }, 20),
  silent('NowcastWeatherTooOld', 'two hours', { [age('weather')]: '7200x60' }, 20),
  fires(
    'NowcastSourceDown',
    'only failures',
    { [requests('timeout')]: '0+1x60', [requests('ok')]: '7x60' },
    50,
  ),
  silent(
    'NowcastSourceDown',
    'failures between answers',
    { [requests('timeout')]: '0+1x60', [requests('ok')]: '0+1x60' },
    50,
  ),
  silent(
    'NowcastSourceDown',
    'answers that nothing is new',
    { [requests('timeout')]: '0+1x60', [requests('not_modified')]: '0+1x60' },
    50,
  ),
  silent('NowcastSourceDown', 'it is not asked', { [requests('timeout')]: '9x60' }, 50),
  fires(
    'NowcastCollectorStale',
    'seven hours',
    { 'nowcast_source_last_success_timestamp_seconds{source="caiso"}': '-25200x60' },
    20,
  ),
  silent(
    'NowcastCollectorStale',
    'an hour',
    { 'nowcast_source_last_success_timestamp_seconds{source="caiso"}': '-3600x60' },
    20,
  ),
  fires(
    'NowcastDataQuality',
    'a fifth',
    {
      'nowcast_quality_events_total{rule="spike"}': '0+1x120',
      'nowcast_events_total{topic="demand.observed"}': '0+5x120',
    },
    100,
  ),
  silent(
    'NowcastDataQuality',
    'one of a hundred',
    {
      'nowcast_quality_events_total{rule="spike"}': '0+1x120',
      'nowcast_events_total{topic="demand.observed"}': '0+100x120',
    },
    100,
  ),
  silent(
    'NowcastDataQuality',
    'nothing comes in',
    { 'nowcast_events_total{topic="demand.observed"}': '5x120' },
    100,
  ),
];

const LAST = 'nowcast_last_emitted_timestamp_seconds{zone="Z"}';
const STEP = { 'nowcast_step_seconds{zone="Z"}': '300x120' };
const bucket = (le: string): string => `nowcast_event_to_emit_seconds_bucket{le="${le}"}`;

const PIPELINE: readonly AlertCase[] = [
  fires('NowcastRoleDown', 'no answer', { [`up${at('stream')}`]: '0x60', [`up${at('serve')}`]: '1x60' }, 10),
  silent('NowcastRoleDown', 'one scrape missed', { [`up${at('stream')}`]: '1x8 0 1x50' }, 10),
  fires('NowcastNothingEmitted', 'half an hour at a step of 5 min', { ...STEP, [LAST]: '0x120' }, 35),
  silent('NowcastNothingEmitted', 'each five minutes', { ...STEP, [LAST]: '0+60x120' }, 100),
  silent(
    'NowcastNothingEmitted',
    'an hour at an hourly step',
    { 'nowcast_step_seconds{zone="Z"}': '3600x120', [LAST]: '0x120' },
    100,
  ),
  fires('NowcastNeverEmitted', 'an hour without any', { [`up${at('stream')}`]: '1x120' }, 70),
  silent('NowcastNeverEmitted', 'some zone emits', { [LAST]: '0x120' }, 70),
  fires(
    'NowcastConsumerLag',
    'far behind',
    { 'nowcast_consumer_lag{topic="demand.observed",partition="0"}': '5000x60' },
    20,
  ),
  silent(
    'NowcastConsumerLag',
    'a backfill that is worked off',
    { 'nowcast_consumer_lag{topic="demand.observed",partition="0"}': '5000-1000x5 0x60' },
    20,
  ),
  fires(
    'NowcastSlow',
    'most take longer than 2.5 s',
    {
      [bucket('1')]: '0+1x60',
      [bucket('2.5')]: '0+2x60',
      [bucket('5')]: '0+10x60',
      [bucket('+Inf')]: '0+10x60',
    },
    40,
  ),
  silent('NowcastSlow', 'all within a second', { [bucket('1')]: '0+10x60', [bucket('+Inf')]: '0+10x60' }, 40),
  fires('NowcastDeadLetters', 'the very first', { [dead]: '_x9 1x50' }, 12),
  fires('NowcastDeadLetters', 'one more', { [dead]: '3x20 4x40' }, 25),
  silent('NowcastDeadLetters', 'long ago', { [dead]: '_x9 1x100' }, 60),
  ...passedOn('NowcastServiceAlert', 'resource', 5),
];

const free = `nowcast_disk_free_bytes${at('stream')}`;
const size = { [`nowcast_disk_size_bytes${at('stream')}`]: '100e9x1000' };
const conflated = `nowcast_feed_conflated_total${at('serve')}`;
const messages = `nowcast_feed_messages_total${at('serve')}`;
const cpu = `process_cpu_seconds_total${at('train')}`;
const limits = {
  [`nowcast_cpu_limit${at('train')}`]: '2x200',
  [`nowcast_memory_limit_bytes${at('train')}`]: '1e9x200',
};

const CAPACITY: readonly AlertCase[] = [
  fires('NowcastDiskLow', 'a twentieth', { ...size, [free]: '5e9x60' }, 20),
  silent('NowcastDiskLow', 'half', { ...size, [free]: '50e9x60' }, 20),
  fires('NowcastDiskFillsUp', '4 GB an hour of 50', { ...size, [free]: '50e9-66e6x500' }, 420),
  silent('NowcastDiskFillsUp', 'it stays as it is', { ...size, [free]: '50e9x500' }, 420),
  fires(
    'NowcastMemoryHigh',
    'nearly all',
    { ...limits, [`process_resident_memory_bytes${at('train')}`]: '0.95e9x60' },
    20,
  ),
  silent(
    'NowcastMemoryHigh',
    'half',
    { ...limits, [`process_resident_memory_bytes${at('train')}`]: '0.5e9x60' },
    20,
  ),
  fires('NowcastCpuHigh', 'two of two', { ...limits, [cpu]: '0+118x120' }, 90),
  silent('NowcastCpuHigh', 'one of two', { ...limits, [cpu]: '0+60x120' }, 90),
  silent('NowcastCpuHigh', 'a training of half an hour', { ...limits, [cpu]: '0+118x30 3540x90' }, 90),
  fires('NowcastFeedConflation', 'a tenth', { [conflated]: '0+10x60', [messages]: '0+100x60' }, 40),
  silent('NowcastFeedConflation', 'one of a hundred', { [conflated]: '0+1x60', [messages]: '0+100x60' }, 40),
  silent('NowcastFeedConflation', 'no clients', { [conflated]: '0x60', [messages]: '0x60' }, 40),
];

export const ALERT_CASES: readonly AlertCase[] = [
  ...ACCURACY,
  ...TRAINING,
  ...DATA,
  ...PIPELINE,
  ...SERVING,
  ...CAPACITY,
];
