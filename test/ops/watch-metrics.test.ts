import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/ops/metrics.js';
import { isStreamAlert, noteAlert, watchCapacity } from '../../src/ops/watch-metrics.js';
import { ALERT } from '../history/event-samples.js';

describe('metrics for alerting rules', () => {
  it('show an alert while it is raised', async () => {
    const metrics = createMetrics();
    noteAlert(metrics, ALERT);
    noteAlert(metrics, { ...ALERT, id: 'bias/CA ISO-TAC/60/24h', kind: 'bias' });
    expect((await metrics.alertActive.get()).values.map(({ labels }) => labels)).toEqual([
      { zone: 'CA ISO-TAC', kind: 'mape', detail: '60' },
      { zone: 'CA ISO-TAC', kind: 'bias', detail: '60/24h' },
    ]);
    noteAlert(metrics, { ...ALERT, state: 'resolved' });
    expect((await metrics.alertActive.get()).values).toHaveLength(1);
  });

  it('leave the alerts of trainings to who trains', () => {
    expect(isStreamAlert(ALERT)).toBe(true);
    expect(isStreamAlert({ ...ALERT, kind: 'training_failed' })).toBe(false);
  });

  it('count trainings from 0, so that the first failure is an increase', async () => {
    const text = await createMetrics().registry.metrics();
    expect(text).toContain('nowcast_training_runs_total{status="failed"} 0');
  });

  it('tell what the process may use', async () => {
    const { registry } = createMetrics();
    watchCapacity(registry, tmpdir());
    const values = new Map<string, number>();
    for (const {
      name,
      values: [first],
    } of await registry.getMetricsAsJSON())
      values.set(name, first?.value ?? 0);
    const of = (name: string): number => values.get(name) ?? Number.NaN;
    expect(of('nowcast_disk_size_bytes')).toBeGreaterThanOrEqual(of('nowcast_disk_free_bytes'));
    expect(of('nowcast_disk_free_bytes')).toBeGreaterThan(0);
    expect(of('nowcast_memory_limit_bytes')).toBeGreaterThan(process.memoryUsage.rss());
    expect(of('nowcast_cpu_limit')).toBeGreaterThanOrEqual(1);
  });

  it('leave the disk out where the directory is not there', async () => {
    const { registry } = createMetrics();
    watchCapacity(registry, '/no/such/directory');
    await expect(registry.metrics()).resolves.toContain('nowcast_cpu_limit');
  });
});
