import { MINUTE_MS, DAY_MS } from '../../contracts/time.js';
import type { ModelManifest } from '../../contracts/records.js';
import type { InputEvent } from '../../features/input-event.js';
import { fingerprintOf, type Dataset } from '../dataset.js';
import { type HeldOutBlock, selectBlock } from '../held-out-block.js';
import { seedFor } from '../random.js';
import type { ReplayedRows } from '../replayed-rows.js';
import { WARM_UP_MS } from '../time-blocks.js';
import type { Donor } from './donor.js';
import { donorRows } from './donor-rows.js';
import { demandByTime, donorScale } from './donor-scale.js';

export interface PoolingLimits {
  /** A zone with a longer history than this takes no rows of others. */
  readonly maxHistoryDays: number;
}

export interface PoolingOptions extends PoolingLimits {
  readonly donors: readonly Donor[];
  /** Zones with a long history that were not taken, for the record. */
  readonly passedOver?: PoolingRecord['ignored'];
}

export type PoolingRecord = NonNullable<ModelManifest['pooling']>;

/** Rows of donors that join a training. */
export interface Pool {
  /** Those whose target lies before the zone's own validation block: all that the judge twin may see. */
  readonly before: readonly HeldOutBlock[];
  /** All that were known when the training was. */
  readonly all: readonly HeldOutBlock[];
  readonly record: PoolingRecord;
  /** One a donor, of its rows. */
  readonly fingerprints: readonly string[];
}

/** Rows of all donors together for each own row. */
const ROWS_PER_OWN_ROW = 16;

/**
 * Rows of zones with a longer history for a zone with a short one, rescaled to its size.
 * @param events of the zone itself
 * @param rowBudget most rows of all donors together
 * @returns null when the zone's own history is long enough, or no donor is given
 */
export function poolRows(
  events: readonly InputEvent[],
  dataset: Dataset,
  { donors, maxHistoryDays, passedOver = [] }: PoolingOptions,
  { rowBudget, seed }: { readonly rowBudget: number; readonly seed: number },
): Pool | null {
  const { profile, blocks } = dataset;
  if (donors.length + passedOver.length === 0 || historyDays(dataset) > maxHistoryDays) return null;
  const own = demandByTime(events, blocks.untilMs);
  const ownTypes = new Set(events.map(({ type }) => type));
  const budget = Math.round(Math.min(rowBudget, ROWS_PER_OWN_ROW * dataset.rows) / donors.length);
  const lent: { donor: PoolingRecord['donors'][number]; rows: ReplayedRows }[] = [];
  const ignored: PoolingRecord['ignored'] = [...passedOver];
  for (const donor of donors) {
    const { zone, stepMs } = donor.profile;
    if (stepMs !== profile.stepMs) {
      const why = `its step is ${minutes(stepMs)} min, not ${minutes(profile.stepMs)} min`;
      ignored.push({ zone, why });
      continue;
    }
    // A model that will never be told the zone's weather, or its operator's forecast, must not learn to lean on them.
    const theirs = donor.events().filter(({ type }) => ownTypes.has(type));
    const scale = donorScale(own, demandByTime(theirs, blocks.untilMs), blocks.validationFromMs, stepMs);
    if (scale === null) {
      ignored.push({ zone, why: 'too little demand in common to tell its scale' });
      continue;
    }
    const rows = donorRows(theirs, donor.profile, scale, {
      untilMs: blocks.untilMs,
      horizonsMinutes: profile.horizonsMinutes,
      rowBudget: budget,
      seed: seedFor(seed, `donor ${zone}`),
    });
    lent.push({ donor: { zone, rows: rows.rows, ...scale }, rows });
  }
  const isBefore = (targetMs: number | undefined): boolean => Number(targetMs) < blocks.validationFromMs;
  return {
    before: lent.map(({ rows }) =>
      selectBlock(asBlock(rows, dataset), (row) => isBefore(rows.targetMs[row])),
    ),
    all: lent.map(({ rows }) => asBlock(rows, dataset)),
    record: { ownRows: dataset.rows, donors: lent.map(({ donor }) => donor), ignored },
    fingerprints: lent.map(({ rows }) => fingerprintOf(rows)),
  };
}

function historyDays({ blocks }: Dataset): number {
  return (blocks.untilMs - blocks.firstMs + WARM_UP_MS) / DAY_MS;
}

function minutes(ms: number): string {
  return String(ms / MINUTE_MS);
}

function asBlock(rows: ReplayedRows, { profile }: Dataset): HeldOutBlock {
  return { ...rows, zone: profile.zone, horizonsMinutes: profile.horizonsMinutes };
}
