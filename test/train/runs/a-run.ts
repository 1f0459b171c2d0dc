import type { TrainingRun } from '../../../src/contracts/records.js';

export function aRun(id: string, changes: Partial<TrainingRun> = {}): TrainingRun {
  return {
    id,
    zone: 'NORTH',
    kind: 'daily',
    status: 'queued',
    startedAt: '2025-03-01T10:00:00.000Z',
    finishedAt: null,
    stages: [],
    rows: 0,
    peakRssBytes: null,
    modelVersion: null,
    error: null,
    ...changes,
  };
}
