import path from 'node:path';
import { readDemandCsv } from '../sources/csv/demand-csv.js';
import { readOperatorCsv } from '../sources/csv/operator-csv.js';
import type { OnProblem } from '../sources/csv/series.js';
import { readWeatherCsv } from '../sources/csv/weather-csv.js';
import type { InputRecord } from '../sources/input-record.js';
import type { ObservationPublisher, PublishCounts } from './publisher.js';
import { requireIssueTimes } from './operator-lane.js';
import { planReplay, type ReplayPlan } from './replay-plan.js';

const BATCH_RECORDS = 5000;

export interface CsvInput {
  readonly demandPath: string;
  readonly weatherPath?: string;
  /** The operator's own forecasts, with issue times. */
  readonly operatorPath?: string;
  readonly onProblem: OnProblem;
  readonly configuredStepMinutes?: (zone: string) => number | null;
  readonly chunkMs?: number;
}

export interface ImportOptions extends CsvInput {
  /** Told after each batch; `done` rises to `total` (records). */
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops between batches; what was published stays, and the next import goes on from there. */
  readonly signal?: AbortSignal;
}

export interface ImportReport extends PublishCounts {
  readonly zones: readonly string[];
  /** Rows that were reported and skipped. */
  readonly skipped: number;
  readonly firstAvailableAtMs: number;
  readonly lastAvailableAtMs: number;
  /** False when the signal stopped it. */
  readonly complete: boolean;
}

/**
 * Reads the files and plans their replay.
 * @throws NowcastError INPUT_INVALID, INPUT_EMPTY
 */
export async function planCsv(input: CsvInput): Promise<{ plan: ReplayPlan; skipped: number }> {
  const demand = await readDemandCsv(input.demandPath, input.onProblem);
  const weather =
    input.weatherPath === undefined ? null : await readWeatherCsv(input.weatherPath, input.onProblem);
  const operator =
    input.operatorPath === undefined ? null : await readOperatorCsv(input.operatorPath, input.onProblem);
  if (input.operatorPath !== undefined && operator !== null) requireIssueTimes(input.operatorPath, operator);
  const plan = planReplay({
    demand,
    source: `csv:${path.basename(input.demandPath)}`,
    ...(weather === null ? {} : { weather }),
    ...(operator === null ? {} : { operator }),
    ...(input.configuredStepMinutes === undefined
      ? {}
      : { configuredStepMinutes: input.configuredStepMinutes }),
    ...(input.chunkMs === undefined ? {} : { chunkMs: input.chunkMs }),
  });
  return { plan, skipped: demand.skipped + (weather?.skipped ?? 0) + (operator?.skipped ?? 0) };
}

/**
 * Writes recorded history into the log. Idempotent and resumable: what the log already holds is left out, so an
 * import that was cut off is simply run again.
 * @throws NowcastError INPUT_INVALID, INPUT_EMPTY, and those of the log
 */
export async function importCsv(
  publisher: ObservationPublisher,
  options: ImportOptions,
): Promise<ImportReport> {
  const { plan, skipped } = await planCsv(options);
  const { firstAvailableAtMs, lastAvailableAtMs, totalRecords } = plan;
  await publisher.restore({ sinceMs: firstAvailableAtMs });
  const counts = { published: 0, revised: 0, unchanged: 0 };
  let done = 0;
  let complete = true;
  for (const records of batchesOf(plan)) {
    if (options.signal?.aborted === true) {
      complete = false;
      break;
    }
    const batch = await publisher.publish(records);
    counts.published += batch.published;
    counts.revised += batch.revised;
    counts.unchanged += batch.unchanged;
    done += records.length;
    options.onProgress?.(done, totalRecords);
  }
  return {
    ...counts,
    zones: [...plan.stepMinutes.keys()],
    skipped,
    firstAvailableAtMs,
    lastAvailableAtMs,
    complete,
  };
}

/** Chunks put together until a batch is worth its durable write. */
function* batchesOf(plan: ReplayPlan): Generator<readonly InputRecord[]> {
  let batch: InputRecord[] = [];
  for (const { records } of plan.chunks()) {
    batch = batch.concat(records);
    if (batch.length < BATCH_RECORDS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
