import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from '../dashboard.js';
import { lines } from '../panels.js';
import { PROMETHEUS, prom } from '../query.js';

interface Measured {
  readonly title: string;
  readonly about: string;
  readonly expr: string;
  readonly unit: string;
  readonly legend?: string;
}

const PANELS: readonly Measured[] = [
  {
    title: 'Processor, share of what may be used',
    about: 'Above 90 % for long, work waits: give the role more processors or move zones.',
    expr: 'sum by (job) (rate(process_cpu_seconds_total[$__rate_interval])) / max by (job) (nowcast_cpu_limit)',
    unit: 'percentunit',
  },
  {
    title: 'Memory, share of what may be used',
    about: 'Of the control group where there is one, else of the machine.',
    expr: 'max by (job) (process_resident_memory_bytes / nowcast_memory_limit_bytes)',
    unit: 'percentunit',
  },
  {
    title: 'Free disk, share of its size',
    about: 'Of the file system that holds the data directory.',
    expr: 'min by (job) (nowcast_disk_free_bytes / nowcast_disk_size_bytes)',
    unit: 'percentunit',
  },
  {
    title: 'Free disk',
    about: 'What can still be written.',
    expr: 'min by (job) (nowcast_disk_free_bytes)',
    unit: 'bytes',
  },
  {
    title: 'Heap in use',
    about: 'Of the JavaScript engine.',
    expr: 'max by (job) (nodejs_heap_size_used_bytes)',
    unit: 'bytes',
  },
  {
    title: 'Event loop lag, 99 %',
    about: 'How long the process did not get to anything else.',
    expr: 'max by (job) (nodejs_eventloop_lag_p99_seconds)',
    unit: 's',
  },
  {
    title: 'Open files',
    about: 'Sockets included.',
    expr: 'max by (job) (process_open_fds)',
    unit: 'short',
  },
  {
    title: 'Time since start',
    about: 'A step down is a restart.',
    expr: 'time() - max by (job) (process_start_time_seconds)',
    unit: 's',
  },
  {
    title: 'Feed: clients',
    about: 'Open connections.',
    expr: 'sum by (job) (nowcast_feed_clients)',
    unit: 'short',
  },
  {
    title: 'Feed: messages',
    about: 'Sent to clients.',
    expr: 'sum by (job) (rate(nowcast_feed_messages_total[$__rate_interval]))',
    unit: 'cps',
  },
  {
    title: 'Feed: conflated nowcasts',
    about: 'Not sent to clients too slow for them, as a newer one of the zone was there.',
    expr: 'sum by (job) (rate(nowcast_feed_conflated_total[$__rate_interval]))',
    unit: 'cps',
  },
  {
    title: 'Durations of trainings, 95 %',
    about: 'Grows with zones and history.',
    expr: 'histogram_quantile(0.95, sum by (le) (increase(nowcast_training_seconds_bucket[$__range])))',
    unit: 's',
    legend: 'p95',
  },
];

/** What the processes use of what they may. */
export function capacityDashboard(): DashboardBuilder {
  const start = dashboard({
    uid: 'nowcast-capacity',
    title: 'Capacity',
    about: 'Processor, memory, disk and clients of each role, against what there is.',
    from: 'now-24h',
    guide: 'grafana.md',
  });
  return PANELS.reduce(
    (built, { title, about, expr, unit, legend = '{{job}}' }) =>
      built.withPanel(lines({ title, about, from: PROMETHEUS, unit, targets: [prom(expr, { legend })] })),
    start,
  );
}
