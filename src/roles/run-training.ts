import { gateOf } from '../config/gate-settings.js';
import { MINUTE_MS } from '../contracts/time.js';
import { fileProblem } from '../contracts/file-problem.js';
import { latestDemandMs } from '../log/latest-demand.js';
import { openModelSigner, openTrainerKeys } from '../model/signing-keys.js';
import { writeDeepReport } from '../train/deep/write-report.js';
import {
  trainZones,
  type TrainingOrder,
  type TrainZonesOptions,
  type ZoneTrainingOutcome,
} from '../train/trainer.js';
import type { RoleContext } from './context.js';

const SEED = 1;

/** Trains zones from the log of this context, within its limits, and says in the log what came of it. */
export async function runTraining(
  context: RoleContext,
  order: TrainingOrder,
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
    createdAtMs: order.nowMs,
    seed: SEED,
    historyDays: training.historyDays,
    limits: training,
    niceness: training.niceness,
    workFraction: training.workFraction,
    pooling: training.pooling,
    ...(order.kind === 'weekly' ? deepOptions(context) : { timeoutMs: training.timeoutMinutes * MINUTE_MS }),
    ...order,
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
  const pooledWith = model?.manifest.pooling?.donors.map((donor) => donor.zone);
  const facts = { zone, seconds: Number(seconds.toFixed(1)), version: model?.version, pooledWith };
  if (status !== 'skipped') metrics.trainingSeconds.observe(seconds);
  if (error !== null) logger.warn(facts, `training failed: ${error.message}`);
  else if (status === 'skipped') logger.info(facts, 'training skipped, see its run');
  else if (status === 'succeeded') logger.info(facts, 'trained and promoted');
  else logger.warn(facts, 'trained and rejected by the gate');
}
