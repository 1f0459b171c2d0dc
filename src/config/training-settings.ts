import { availableParallelism } from 'node:os';
import type { ConfigFile } from '../contracts/generated/config.js';
import type { PoolingSettings } from '../train/training-options.js';

type TrainingFile = NonNullable<ConfigFile['training']>;

/** By measurement: see docs/training.md. */
const POOLING = { maxHistoryDays: 180, donors: 3 };

/** Local time of day, `HH:MM`. */
export type LocalTime = string;

/** How, when and with how much of the machine models are trained. */
export interface TrainingSettings {
  /** Null for never. */
  readonly daily: LocalTime | null;
  readonly weekly: NonNullable<TrainingFile['weekly']> | null;
  readonly concurrency: number;
  readonly threads: number;
  readonly maxMemoryMb: number;
  readonly historyDays: number;
  readonly timeoutMinutes: number;
  readonly timeBudgetMinutes: number;
  readonly folds: number;
  readonly driftCooldownHours: number;
  readonly niceness: number;
  /** Share of the planned rows, steps and trees, above 0 and up to 1. */
  readonly workFraction: number;
  /** Which zones are helped by others, and by how many; null for none. */
  readonly pooling: PoolingSettings | null;
}

/** The settings of a configuration file, completed with the defaults; the schema has checked the values. */
export function trainingSettings(file: TrainingFile = {}): TrainingSettings {
  const cores = availableParallelism();
  return {
    daily: file.daily === undefined ? '02:00' : file.daily,
    weekly: file.weekly === undefined ? { day: 'sunday', time: '03:00' } : file.weekly,
    concurrency: file.concurrency ?? cores,
    threads: file.threads ?? cores,
    maxMemoryMb: file.maxMemoryMb ?? 2048,
    historyDays: file.historyDays ?? 730,
    timeoutMinutes: file.timeoutMinutes ?? 30,
    timeBudgetMinutes: file.timeBudgetMinutes ?? 10,
    folds: file.folds ?? 4,
    driftCooldownHours: file.driftCooldownHours ?? 6,
    niceness: file.niceness ?? 10,
    workFraction: file.workFraction ?? 1,
    pooling: file.pooling === null ? null : { ...POOLING, ...file.pooling },
  };
}
