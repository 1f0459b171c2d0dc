import { DAY_MS } from '../contracts/time.js';
import { latestDemandMs } from '../log/latest-demand.js';
import { bytesOf, type EventColumns } from './event-columns.js';
import { findDonors } from './pooling/find-donors.js';
import type { DonorOrder } from './pooling/task-donors.js';
import { readInputs, type ZoneInputs } from './read-inputs.js';
import type { TrainZonesOptions } from './training-options.js';

/** What was read for the zones of one training. */
export interface TaskInputs {
  /** By zone; one without records has no entry. */
  readonly zones: Map<string, ZoneInputs>;
  /** By zone with a short history. */
  readonly donors: ReadonlyMap<string, DonorOrder>;
}

/** Reads the inputs of zones, and those of zones that lend rows to them. */
export async function readTaskInputs(
  zones: readonly string[],
  options: TrainZonesOptions,
): Promise<TaskInputs> {
  const { log, codec, profiles, historyDays, nowMs, pooling = null } = options;
  const historyMs = (historyDays ?? Number.POSITIVE_INFINITY) * DAY_MS;
  const endMs = options.untilMs ?? (await latestDemandMs(log)) ?? nowMs;
  const untilMs = options.untilMs ?? Number.POSITIVE_INFINITY;
  const range = { fromMs: Math.max(0, endMs - historyMs), untilMs };
  const read = await readInputs(log, codec, { ...range, zones });
  const donors =
    pooling === null
      ? new Map<string, DonorOrder>()
      : await findDonors(read.zones, { log, codec, profiles, ...range, endMs, ...pooling });
  return { zones: read.zones, donors };
}

/** Columns that a thread holds as objects at one time: those of the zone, or of its largest donor. */
export function columnsAtOnce({ zones, donors }: TaskInputs): EventColumns[][] {
  return [...zones].map(([zone, { columns }]) => {
    const [largest] = (donors.get(zone)?.donors ?? [])
      .map((donor) => donor.columns)
      .sort((a, b) => bytesOf(b) - bytesOf(a));
    return largest === undefined ? [columns] : [columns, largest];
  });
}
