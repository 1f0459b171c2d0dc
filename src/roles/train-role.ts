import { messageOf } from '../contracts/errors.js';
import type { TrainingRequest, TrainingRun } from '../contracts/records.js';
import { HOUR_MS } from '../contracts/time.js';
import { MAX_ATTEMPTS } from '../train/runs/run-book.js';
import { RunClaims } from '../train/runs/run-claims.js';
import { TrainingAlerts } from '../train/runs/training-alerts.js';
import type { TrainingProgress, ZoneTrainingOutcome } from '../train/trainer.js';
import type { RoleContext } from './context.js';
import { RequestIntake } from './request-intake.js';
import { noteAlert } from '../ops/watch-metrics.js';
import { runTraining } from './run-training.js';
import { TrainingQueue, type TrainBatch } from './training-queue.js';
import { TrainingSchedule } from './training-schedule.js';

/** How often the clock is looked at, and trainings without a trainer are looked for. */
const TICK_MS = 20_000;
/** Zones without a model are looked for every so many ticks. */
const LOOK_FOR_FIRST_TICKS = 15;

export interface TrainRole {
  close(): Promise<void>;
}

export interface TrainRoleOptions {
  readonly onProgress?: TrainingProgress;
  readonly tickMs?: number;
  /** Compiled worker to run; for tests. */
  readonly worker?: URL;
}

/**
 * The train role: answers `training.requests`, asks for the daily and weekly trainings of each zone in its own time, gives
 * zones without a usable model their first, and takes up what a trainer that ended left. A failed training leaves a record
 * and an alert, and the service untouched.
 */
export async function startTrainRole(
  context: RoleContext,
  onFatal: (error: unknown) => void,
  options: TrainRoleOptions = {},
): Promise<TrainRole> {
  const trainer = new Trainer(context, onFatal, options);
  await trainer.start();
  return trainer;
}

class Trainer implements TrainRole {
  private readonly claims: RunClaims;
  private readonly alerts: TrainingAlerts;
  private readonly schedule: TrainingSchedule;
  private readonly queue: TrainingQueue;
  private readonly intake: RequestIntake;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | null = null;
  private ticking: Promise<void> | null = null;
  private ticks = 0;

  constructor(
    private readonly context: RoleContext,
    onFatal: (error: unknown) => void,
    private readonly options: TrainRoleOptions,
  ) {
    const { log, codec, logger, now, config } = context;
    const warn = (message: string): void => {
      logger.warn(message);
    };
    this.claims = new RunClaims({ log, codec, now, onRenewalFailed: warn });
    this.alerts = new TrainingAlerts(log, codec, (alert) => {
      noteAlert(context.metrics, alert);
    });
    this.schedule = new TrainingSchedule(context, this.claims.book);
    const deepAtOnce = Math.min(config.training.concurrency, config.training.threads);
    this.queue = new TrainingQueue(
      (kind, requests) => this.train(kind, requests),
      deepAtOnce,
      (message) => {
        logger.error(message);
      },
      () => this.intake.settle(),
    );
    this.intake = new RequestIntake({
      log,
      codec,
      onRequests: (requests) => this.accept(requests),
      isOpen: (id) => this.queue.isOpen(id),
      onSkipped: warn,
      onFatal,
    });
  }

  async start(): Promise<void> {
    await this.claims.book.sync();
    await this.intake.start();
    await this.tick();
    this.timer = setInterval(() => {
      this.ticking ??= this.tick().finally(() => {
        this.ticking = null;
      });
    }, this.options.tickMs ?? TICK_MS);
  }

  /** What is under way is told to stop; what waits stays in `training.requests`. */
  async close(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.ticking;
    await this.intake.close();
    this.stopping.abort();
    await this.queue.close();
    this.claims.close();
  }

  private async tick(): Promise<void> {
    const { logger, now } = this.context;
    try {
      await this.takeUpAbandoned();
      this.showLastTrainings();
      await this.schedule.publishDue(now());
      if (this.ticks % LOOK_FOR_FIRST_TICKS === 0) await this.wantFirstModels();
      this.ticks += 1;
    } catch (error) {
      logger.error(`training schedule: ${messageOf(error)}`);
    }
  }

  /** From the log, so that a trainer that was started anew knows when a training is overdue. */
  private showLastTrainings(): void {
    for (const [zone, finishedMs] of this.claims.book.lastFinished())
      this.context.metrics.trainingLastFinished.set({ zone }, finishedMs / 1000);
  }

  /** Closes the runs that a trainer left open, raises their alert, and trains their zones again. */
  private async takeUpAbandoned(): Promise<void> {
    for (const run of await this.claims.closeAbandoned()) {
      const { id, zone, kind, requestIds, requestedBy, attempt = 1, error } = run;
      this.context.metrics.trainingRunsTotal.inc({ status: 'failed' });
      this.context.logger.warn({ zone, run: id, attempt }, error ?? 'a training was interrupted');
      await this.alerts.note(run);
      if (attempt >= MAX_ATTEMPTS) continue;
      this.queue.add({ zone, kind, ids: requestIds ?? [id], requestedBy: requestedBy ?? 'retry' });
    }
  }

  private async wantFirstModels(): Promise<void> {
    const nowMs = this.context.now();
    for (const zone of await this.schedule.withoutModel(nowMs)) {
      const id = `initial/${zone}`;
      // One that has just failed in the log may not be held back yet.
      if (this.queue.isOpen(id, zone)) continue;
      this.queue.add({ zone, kind: 'initial', ids: [id], requestedBy: 'schedule' });
    }
  }

  private async accept(requests: readonly TrainingRequest[]): Promise<void> {
    const { book } = this.claims;
    await book.sync();
    const known = requests.some(({ zones }) => zones.length === 0) ? await this.schedule.knownZones() : [];
    for (const { id, kind, zones, requestedBy } of requests) {
      for (const zone of new Set(zones.length > 0 ? zones : known)) {
        if (book.hasAnswered(id, zone) || this.queue.isOpen(id, zone)) continue;
        this.queue.add({ zone, kind, ids: [id], requestedBy });
      }
    }
  }

  private readonly train: TrainBatch = async (kind, requests) => {
    if (this.stopping.signal.aborted) return [];
    const { onProgress, worker } = this.options;
    const nowMs = this.context.now();
    const outcomes = await runTraining(this.context, {
      kind,
      zones: [...requests.keys()],
      requests,
      nowMs,
      signal: this.stopping.signal,
      claims: this.claims,
      alerts: this.alerts,
      skipReason: (run) => this.skipReason(run),
      ...(onProgress === undefined ? {} : { onProgress }),
      ...(worker === undefined ? {} : { worker }),
    });
    if (kind === 'initial') this.holdFirstModels(outcomes, nowMs);
    return outcomes;
  };

  private holdFirstModels(outcomes: readonly ZoneTrainingOutcome[], nowMs: number): void {
    for (const { zone, status, error } of outcomes) {
      const gaveNone = status === 'rejected' || status === 'failed';
      if (gaveNone && error?.code !== 'TRAINING_INTERRUPTED') this.schedule.holdFirst(zone, nowMs);
    }
  }

  /** Why a zone whose turn has come need not be trained; the book was read just before. */
  private skipReason({ id, zone, kind, requestIds = [] }: TrainingRun): string | null {
    const { book } = this.claims;
    if (kind === 'initial') {
      const ticket = book.openRun(id)?.ticket ?? Number.POSITIVE_INFINITY;
      return book.lastSuccess(zone) > ticket ? 'another trainer gave the zone its first model' : null;
    }
    if (requestIds.length > 0 && requestIds.every((requestId) => book.hasAnswered(requestId, zone)))
      return 'another training answered the request meanwhile';
    if (kind !== 'drift') return null;
    const lastMs = book.lastFinishedMs(zone);
    const { driftCooldownHours } = this.context.config.training;
    if (lastMs === null || this.context.now() - lastMs >= driftCooldownHours * HOUR_MS) return null;
    const at = new Date(lastMs).toISOString();
    return `drift: the zone was trained at ${at}, less than training.driftCooldownHours (${driftCooldownHours}) ago`;
  }
}
