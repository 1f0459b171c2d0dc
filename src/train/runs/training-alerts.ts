import type { Alert, TrainingRun } from '../../contracts/records.js';
import type { EventLog } from '../../log/event-log.js';
import { recordHead } from '../../log/record-head.js';
import type { SchemaCodec } from '../../log/schema-codec.js';
import { isInterrupted } from './run-book.js';

type TrainingAlertKind = Extract<Alert['kind'], 'training_failed' | 'model_rejected'>;
const KINDS: readonly TrainingAlertKind[] = ['training_failed', 'model_rejected'];

/**
 * The alerts that the end of a training raises or resolves. A failure is resolved by any training that comes to an end,
 * a rejection by the next model that passes.
 * @param isOpen whether the zone's alert of that kind is raised
 */
export function alertsOf(run: TrainingRun, isOpen: (kind: TrainingAlertKind) => boolean): Alert[] {
  if (run.status === 'skipped' || run.status === 'queued' || run.status === 'running') return [];
  // A trainer that was told to stop is no failure of the training.
  if (isStopped(run)) return [];
  const changes: Alert[] = [];
  const change = (kind: TrainingAlertKind, wanted: boolean, ...rest: [Alert['severity'], string]): void => {
    if (wanted !== isOpen(kind)) changes.push(alert(run, kind, wanted, ...rest));
  };
  const failed = run.status === 'failed';
  const { zone, id, error } = run;
  change(
    'training_failed',
    failed,
    error?.startsWith('TRAINING_DATA_SHORT') === true ? 'info' : 'warning',
    failed
      ? `Training of ${zone} failed (run ${id}); the model in service stays. ${error ?? ''}`.trim()
      : `Training of ${zone} works again (run ${id})`,
  );
  if (failed) return changes;
  const rejected = run.status === 'rejected';
  change(
    'model_rejected',
    rejected,
    'warning',
    rejected
      ? `The gate rejected the new model of ${zone} (run ${id}, version ${run.modelVersion ?? 'none'}); the model in service stays: check the inputs of the last weeks`
      : `A new model of ${zone} passed the gate (run ${id})`,
  );
  return changes;
}

/** Told to stop by its own process, in contrast to a process that died. */
function isStopped(run: TrainingRun): boolean {
  return isInterrupted(run) && (run.error?.includes('was told to stop') ?? false);
}

function alert(
  run: TrainingRun,
  kind: TrainingAlertKind,
  raised: boolean,
  severity: Alert['severity'],
  message: string,
): Alert {
  return {
    id: `${kind}/${run.zone}/run`,
    kind,
    severity,
    state: raised ? 'raised' : 'resolved',
    zone: run.zone,
    at: run.finishedAt ?? run.startedAt,
    message,
    value: null,
    threshold: null,
  };
}

/** Publishes the alerts of trainings, each once: what is open is read from the topic, also what other trainers raised. */
export class TrainingAlerts {
  private readonly positions = new Map<number, number>();
  private readonly open = new Set<string>();
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly log: EventLog,
    private readonly codec: SchemaCodec,
    /** Told every alert of trainings, also those that other trainers published. */
    private readonly onAlert: (alert: Alert) => void = () => undefined,
  ) {}

  /** Call once a run has ended. */
  note(run: TrainingRun): Promise<void> {
    const turn = this.turn.then(() => this.publish(run));
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  private async publish(run: TrainingRun): Promise<void> {
    await this.readOn();
    const alerts = alertsOf(run, (kind) => this.open.has(`${kind}/${run.zone}/run`));
    if (alerts.length === 0) return;
    await this.log.append(
      'alerts',
      alerts.map((one) => ({
        key: one.id,
        value: this.codec.encode('alerts', one),
        timestampMs: Date.parse(one.at),
        headers: recordHead('alerts', 'train'),
      })),
    );
    for (const one of alerts) this.onAlert(one);
  }

  private async readOn(): Promise<void> {
    for (const { partition, low, high } of await this.log.watermarks('alerts')) {
      const from = Math.max(low, this.positions.get(partition) ?? low);
      if (from >= high) continue;
      for await (const { records } of this.log.read('alerts', partition, from, high)) {
        const ours = records.filter(({ key }) => KINDS.some((kind) => key.startsWith(`${kind}/`)));
        await this.codec.prepare(ours.map(({ value }) => value));
        for (const { value } of ours) {
          const decoded = this.codec.decode('alerts', value);
          if (!decoded.ok) continue;
          this.onAlert(decoded.value);
          if (decoded.value.state === 'raised') this.open.add(decoded.value.id);
          else this.open.delete(decoded.value.id);
        }
      }
      this.positions.set(partition, high);
    }
  }
}
