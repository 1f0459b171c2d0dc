import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { Gauge, type Counter, type Registry } from 'prom-client';
import type { Alert } from '../contracts/records.js';

/** What alerting rules compare the other metrics with: limits, instants and the open alerts of the service itself. */
export interface WatchMetrics {
  /** 1 for each alert that the service has raised and not resolved; detail is the rest of the alert's id. */
  readonly alertActive: Gauge<'zone' | 'kind' | 'detail'>;
  /** Age above which an input of a zone is late, seconds; beside `nowcast_input_age_seconds`. */
  readonly inputLateAfterSeconds: Gauge<'zone' | 'input'>;
  /** Step of a zone's demand, seconds. */
  readonly stepSeconds: Gauge<'zone'>;
  /** When the last nowcast of a zone was issued, seconds since the epoch. */
  readonly lastEmitted: Gauge<'zone'>;
  /** When the last training of a zone ended, whatever came of it, seconds since the epoch. */
  readonly trainingLastFinished: Gauge<'zone'>;
}

/** Kinds whose alerts are raised where trainings run, not in the stream. */
const TRAINING_KINDS: ReadonlySet<Alert['kind']> = new Set(['training_failed', 'model_rejected']);
const TRAINING_STATUSES = ['succeeded', 'rejected', 'failed', 'skipped'] as const;

export function watchMetrics(registry: Registry): WatchMetrics {
  const registers = [registry];
  return {
    alertActive: new Gauge({
      name: 'nowcast_alert_active',
      help: '1 for each alert that the service has raised and not resolved.',
      labelNames: ['zone', 'kind', 'detail'] as const,
      registers,
    }),
    inputLateAfterSeconds: new Gauge({
      name: 'nowcast_input_late_after_seconds',
      help: 'Age above which an input of a zone is late.',
      labelNames: ['zone', 'input'] as const,
      registers,
    }),
    stepSeconds: new Gauge({
      name: 'nowcast_step_seconds',
      help: 'Step of the demand of a zone.',
      labelNames: ['zone'] as const,
      registers,
    }),
    lastEmitted: new Gauge({
      name: 'nowcast_last_emitted_timestamp_seconds',
      help: 'When the last nowcast of a zone was issued, seconds since the epoch.',
      labelNames: ['zone'] as const,
      registers,
    }),
    trainingLastFinished: new Gauge({
      name: 'nowcast_training_last_finished_timestamp_seconds',
      help: 'When the last training of a zone ended, whatever came of it, seconds since the epoch.',
      labelNames: ['zone'] as const,
      registers,
    }),
  };
}

/** Shows an alert as long as it is raised. */
export function noteAlert({ alertActive }: WatchMetrics, { id, kind, zone, state }: Alert): void {
  const labels = { zone: zone ?? '', kind, detail: id.slice(`${kind}/${zone ?? ''}/`.length) };
  if (state === 'raised') alertActive.set(labels, 1);
  else alertActive.remove(labels);
}

/** True for an alert of the stream: what trainings raise is shown by the process that trains. */
export function isStreamAlert({ kind }: Alert): boolean {
  return !TRAINING_KINDS.has(kind);
}

/** A counter that starts at its first event hides that event from `increase()`; these start at 0. */
export function startTrainingCounts(trainingRunsTotal: Counter<'status'>): void {
  for (const status of TRAINING_STATUSES) trainingRunsTotal.inc({ status }, 0);
}

/**
 * What the process may use: size and free space of the disk that holds the data, memory (of its control group where it
 * has one) and processors. The disk is looked at when the metrics are read.
 */
export function watchCapacity(registry: Registry, dataDir: string): void {
  const registers = [registry];
  const disk = () => statfs(dataDir).catch(() => null);
  new Gauge({
    name: 'nowcast_disk_size_bytes',
    help: 'Size of the file system that holds the data directory.',
    registers,
    async collect() {
      const found = await disk();
      if (found !== null) this.set(found.blocks * found.bsize);
    },
  });
  new Gauge({
    name: 'nowcast_disk_free_bytes',
    help: 'Space that this user may still fill on the file system that holds the data directory.',
    registers,
    async collect() {
      const found = await disk();
      if (found !== null) this.set(found.bavail * found.bsize);
    },
  });
  new Gauge({
    name: 'nowcast_memory_limit_bytes',
    help: 'Memory that the process may use: of its control group, or of the machine.',
    registers,
  }).set(memoryLimitBytes());
  new Gauge({
    name: 'nowcast_cpu_limit',
    help: 'Processors that the process may use at the same time.',
    registers,
  }).set(availableParallelism());
}

/** Without a limit of the control group the system tells none, or one far above the memory there is. */
function memoryLimitBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}
