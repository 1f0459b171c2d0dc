import type { Alert, ModelRecord, QualityEvent, TrainingRun } from '../../src/contracts/records.js';
import { toIso } from '../../src/contracts/time.js';
import type { OperatorError } from '../../src/history/history-store.js';
import { T0 } from '../contract/history-contract/samples.js';

/** A record without the parts of a model that no history keeps. */
export const MODEL = {
  version: 'v1',
  status: 'promoted',
  statusAt: toIso(T0),
  statusReason: 'better at "every" horizon',
  manifest: {
    version: 'v1',
    zones: ['CA ISO-TAC', 'Z,2'],
    algorithm: 'ridge+gbdt',
    rows: 10,
    trainedUntil: toIso(T0),
  },
} as unknown as ModelRecord;

export const QUALITY_EVENT: QualityEvent = {
  zone: 'CA ISO-TAC',
  rule: 'spike',
  severity: 'warning',
  action: 'quarantined',
  validTime: toIso(T0),
  detectedAt: toIso(T0 + 1),
  source: 'csv:a file.csv',
  value: 12.5,
  message: 'twice\nthe usual',
};

export const ALERT: Alert = {
  id: 'mape/CA ISO-TAC/60',
  kind: 'mape',
  severity: 'warning',
  state: 'raised',
  zone: 'CA ISO-TAC',
  at: toIso(T0),
  message: 'MAPE is 3 %',
  value: 3,
  threshold: 2,
};

export const TRAINING_RUN: TrainingRun = {
  id: 'run-1',
  zone: 'CA ISO-TAC',
  kind: 'daily',
  status: 'succeeded',
  startedAt: toIso(T0),
  finishedAt: toIso(T0 + 90_000),
  stages: [],
  rows: 1000,
  peakRssBytes: 1_000_000,
  modelVersion: 'v1',
  error: null,
  resources: { cpuSeconds: 80, peakRssBytes: 1_000_000, threads: 1, heapLimitMb: 512 },
};

export const OPERATOR_ERROR: OperatorError = {
  zone: 'CA ISO-TAC',
  product: 'day-ahead',
  timeMs: T0,
  leadMinutes: 900,
  horizonMinutes: 960,
  operatorErrorMw: -30,
  nowcastErrorMw: 10,
  actualMw: 1000,
};
