import type { AlertGroup } from './rule.js';

const FREE = 'min by (job, instance) (nowcast_disk_free_bytes / nowcast_disk_size_bytes)';

/** What the processes use of what they may, and the clients of the feed. */
export const CAPACITY_RULES: AlertGroup = {
  name: 'nowcast-capacity',
  rules: [
    {
      name: 'NowcastDiskLow',
      severity: 'warning',
      kinds: ['resource'],
      expr: FREE,
      is: 'below',
      threshold: 0.1,
      forTime: '10m',
      summary: 'A share of {value} of the disk of {job} at {instance} is free',
      description: 'Without space the log refuses what is new.',
      panel: ['nowcast-capacity', 'Free disk, share of its size'],
    },
    {
      name: 'NowcastDiskFillsUp',
      severity: 'critical',
      kinds: ['resource'],
      expr: 'min by (job, instance) (predict_linear(nowcast_disk_free_bytes[6h], 24 * 3600))',
      is: 'below',
      threshold: 0,
      forTime: '30m',
      summary: 'The disk of {job} at {instance} will be full within a day',
      description: 'At the pace of the last 6 h.',
      panel: ['nowcast-capacity', 'Free disk'],
    },
    {
      name: 'NowcastMemoryHigh',
      severity: 'warning',
      kinds: ['resource'],
      expr: 'max by (job, instance) (process_resident_memory_bytes / nowcast_memory_limit_bytes)',
      is: 'above',
      threshold: 0.9,
      forTime: '10m',
      summary: '{job} at {instance} uses a share of {value} of its memory',
      description: 'At the limit the system ends the process; it goes on from the log after its restart.',
      panel: ['nowcast-capacity', 'Memory, share of what may be used'],
    },
    {
      name: 'NowcastCpuHigh',
      severity: 'warning',
      kinds: ['resource'],
      expr: 'max by (job, instance) (rate(process_cpu_seconds_total[10m]) / on (job, instance) nowcast_cpu_limit)',
      is: 'above',
      threshold: 0.9,
      forTime: '1h',
      summary: '{job} at {instance} uses a share of {value} of its processors',
      description:
        'Work waits. A weekly training may take them for its time budget; an hour is more than a daily one needs.',
      panel: ['nowcast-capacity', 'Processor, share of what may be used'],
    },
    {
      name: 'NowcastFeedConflation',
      severity: 'warning',
      kinds: ['pipeline'],
      expr: 'sum by (job) (rate(nowcast_feed_conflated_total[10m])) / sum by (job) (rate(nowcast_feed_messages_total[10m]))',
      is: 'above',
      threshold: 0.05,
      forTime: '15m',
      summary: 'Slow feed clients of {job} miss a share of {value} of their nowcasts',
      description: 'They get the newest of each zone. A client or its network is slow, or the gateway is.',
      panel: ['nowcast-capacity', 'Feed: conflated nowcasts'],
    },
  ],
};
