import { gateOf } from '../config/gate-settings.js';
import type { TrainingRun } from '../contracts/records.js';
import { MINUTE_MS } from '../contracts/time.js';
import { fileProblem } from '../contracts/file-problem.js';
import { latestDemandMs } from '../log/latest-demand.js';
import { openModelSigner, openTrainerKeys } from '../model/signing-keys.js';
import { writeDeepReport } from '../train/deep/write-report.js';
import type { RunClaims } from '../train/runs/run-claims.js';
import type { TrainingAlerts } from '../train/runs/training-alerts.js';
import {
  trainZones,
  type TrainingProgress,
  type TrainZonesOptions,
  type ZoneRequest,
  type ZoneTrainingOutcome,
} from '../train/trainer.js';
import type { RoleContext } from './context.js';

const SEED = 1;

export interface TrainRequestOptions {
  readonly kind: TrainingRun['kind'];
  /** Empty means all zones with demand. */
  readonly zones: readonly string[];
  readonly requests?: ReadonlyMap<string, ZoneRequest>;
  /** Nothing that became available later is used; by default everything in the log is. */
  readonly untilMs?: number;
  readonly nowMs: number;
  readonly onProgress?: TrainingProgress;
  readonly onWaiting?: (zone: string, holder: TrainingRun) => void;
  /** Cuts the training short; what was published stays. */
  readonly signal?: AbortSignal;
  /** The line that this process stands in, when it trains more than once. */
  readonly claims?: RunClaims;
  readonly alerts?: TrainingAlerts;
  readonly skipReason?: (run: TrainingRun) => string | null;
  /** Compiled worker to run; for tests. */
  readonly worker?: URL;
}

/** Trains zones from the log of this context, within its limits, and says in the log what came of it. */
export async function runTraining(
  context: RoleContext,
  { kind, zones, ...rest }: TrainRequestOptions,
): Promise<ZoneTrainingOutcome[]> {
  const { log, codec, profiles, config } = context;
  if ((await latestDemandMs(log)) === null) return [];
  const { training } = config;
  const signer = openModelSigner(config);
  const outcomes = await trainZones({
    log,
    codec,
    profiles,
    signer,
    trusted: openTrainerKeys(config, signer),
    gate: (zone) => gateOf(config, zone),
    kind,
    zones,
    createdAtMs: rest.nowMs,
    seed: SEED,
    historyDays: training.historyDays,
    limits: training,
    niceness: training.niceness,
    ...(kind === 'weekly' ? deepOptions(context) : { timeoutMs: training.timeoutMinutes * MINUTE_MS }),
    ...rest,
  });
  for (const outcome of outcomes) report(context, outcome);
  return outcomes;
}

/** A deep training has the time of its search on top, and leaves a report in the data directory. */
function deepOptions({
  config,
  logger,
}: RoleContext): Pick<TrainZonesOptions, 'deep' | 'timeoutMs' | 'writeReport'> {
  const { timeoutMinutes, timeBudgetMinutes, folds } = config.training;
  return {
    deep: { budgetMs: timeBudgetMinutes * MINUTE_MS, folds },
    timeoutMs: (timeoutMinutes + timeBudgetMinutes) * MINUTE_MS,
    writeReport: (run, found, manifest) => {
      try {
        return writeDeepReport(config.dataDir, run, found, manifest);
      } catch (error) {
        logger.warn({ zone: run.zone }, `the training report could not be written: ${fileProblem(error)}`);
        throw error;
      }
    },
  };
}

function report(
  { metrics, logger }: RoleContext,
  { zone, status, seconds, model, error }: ZoneTrainingOutcome,
): void {
  metrics.trainingRunsTotal.inc({ status });
  const facts = { zone, seconds: Number(seconds.toFixed(1)), version: model?.version };
  if (status !== 'skipped') metrics.trainingSeconds.observe(seconds);
  if (error !== null) logger.warn(facts, `training failed: ${error.message}`);
  else if (status === 'skipped') logger.info(facts, 'training skipped, see its run');
  else if (status === 'succeeded') logger.info(facts, 'trained and promoted');
  else logger.warn(facts, 'trained and rejected by the gate');
}
