import { describe, expect, it } from 'vitest';
import { TrainingAlerts } from '../../../src/train/runs/training-alerts.js';
import { decoded, JsonCodec, MemoryLog } from '../../collect/memory-log.js';
import { aRun } from './a-run.js';

const FAILED = aRun('f', { status: 'failed', error: 'TRAINING_FAILED: training of zone NORTH crashed' });
const REJECTED = aRun('r', { status: 'rejected', modelVersion: 'v1' });
const GOOD = aRun('g', { status: 'succeeded', modelVersion: 'v2' });

function alertsOfLog(log: MemoryLog): string[] {
  return decoded(log, 'alerts').map(({ kind, state, zone }) => `${kind} ${state} ${zone ?? ''}`);
}

describe('alerts of trainings', () => {
  it('raise a failure once and resolve it with the next success', async () => {
    const log = new MemoryLog();
    const alerts = new TrainingAlerts(log, new JsonCodec());
    for (const run of [FAILED, FAILED, GOOD, GOOD]) await alerts.note(run);
    expect(alertsOfLog(log)).toEqual(['training_failed raised NORTH', 'training_failed resolved NORTH']);
    expect(decoded(log, 'alerts')[0]?.message).toMatch(/crashed/);
  });

  it('tell a rejected model, which is no failed training', async () => {
    const log = new MemoryLog();
    const alerts = new TrainingAlerts(log, new JsonCodec());
    for (const run of [FAILED, REJECTED, REJECTED, GOOD]) await alerts.note(run);
    expect(alertsOfLog(log)).toEqual([
      'training_failed raised NORTH',
      'training_failed resolved NORTH',
      'model_rejected raised NORTH',
      'model_rejected resolved NORTH',
    ]);
  });

  it('know what an earlier process raised', async () => {
    const log = new MemoryLog();
    await new TrainingAlerts(log, new JsonCodec()).note(FAILED);
    const later = new TrainingAlerts(log, new JsonCodec());
    await later.note(FAILED);
    await later.note(GOOD);
    expect(alertsOfLog(log)).toEqual(['training_failed raised NORTH', 'training_failed resolved NORTH']);
  });

  it('keep zones apart, and are silent about skipped and stopped runs', async () => {
    const log = new MemoryLog();
    const alerts = new TrainingAlerts(log, new JsonCodec());
    await alerts.note(FAILED);
    await alerts.note({ ...GOOD, zone: 'SOUTH' });
    await alerts.note({ ...FAILED, status: 'skipped' });
    await alerts.note({
      ...FAILED,
      zone: 'SOUTH',
      error: 'TRAINING_INTERRUPTED: training of zone SOUTH was told to stop',
    });
    expect(alertsOfLog(log)).toEqual(['training_failed raised NORTH']);
  });

  it('say when a trainer died, and call short data information', async () => {
    const log = new MemoryLog();
    const alerts = new TrainingAlerts(log, new JsonCodec());
    await alerts.note({ ...FAILED, error: 'TRAINING_INTERRUPTED: process 7 on host ended' });
    await alerts.note({ ...FAILED, zone: 'SOUTH', error: 'TRAINING_DATA_SHORT: zone SOUTH has 3 days' });
    expect(decoded(log, 'alerts').map(({ severity }) => severity)).toEqual(['warning', 'info']);
  });
});
