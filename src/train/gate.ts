import type { ModelManifest } from '../contracts/records.js';
import { toIso } from '../contracts/time.js';
import {
  absoluteChecks,
  baselineCheck,
  championCheck,
  type Check,
  compareGroups,
  type ComparedGroup,
  horizonTable,
} from './gate-checks.js';
import { dayOfRow, horizonGroups, scoredRows, scoreGroup } from './gate-scores.js';
import type { GateThresholds } from './gate-thresholds.js';
import type { BlockForecast, HeldOutBlock } from './held-out-block.js';

export type Gate = ModelManifest['gate'];

export interface GateInput {
  readonly block: HeldOutBlock;
  readonly challenger: BlockForecast;
  /** What serves now, on the same rows; NaN on rows that it has seen or has no horizon for. Null: first model. */
  readonly champion: { readonly version: string; readonly forecast: BlockForecast } | null;
  /** Sentences to say in any case, such as why the champion could not be compared with. */
  readonly notes: readonly string[];
  readonly thresholds: GateThresholds;
}

/**
 * Decides whether a challenger may serve. It is promoted when nothing speaks against it:
 * - every held-out row has a forecast;
 * - up to `mapeHorizonMinutes` every horizon's MAPE keeps the limit;
 * - it beats the ramp baseline over all horizons, and in no group of horizons is it worse beyond noise;
 * - in no group of horizons is it worse than the champion beyond noise (paired by day, `paired-test.ts`; the
 *   significance is shared by the groups, after Bonferroni);
 * - its errors are not nearly all on one side, and its band holds a believable share of what came.
 * With fewer than `minDays` days there is no test, bias or coverage check: the champion's MAPE may be exceeded by a
 * tenth, and the gate says so. A first model is not compared with a champion.
 */
export function judge(input: GateInput): Gate {
  const { block, challenger, champion, thresholds } = input;
  const rows = scoredRows(block);
  const days = rows.length === 0 ? 0 : new Set(rows.map(dayOfRow(block))).size;
  const facts = {
    champion: champion?.version ?? null,
    ...(block.rows === 0 ? {} : { blockFrom: isoAt(block, 0), blockUntil: isoAt(block, block.rows - 1) }),
    days,
    thresholds,
  };
  const empty = emptyOrInvalid(rows, challenger);
  if (empty !== null) return { verdict: 'rejected', reasons: [empty, ...input.notes], ...facts };
  const horizons = horizonTable(block, rows, challenger, champion?.forecast ?? null);
  const groups = compareGroups(
    horizonGroups(block.horizonsMinutes)
      .map((group) => scoreGroup(block, group, challenger, champion?.forecast ?? null))
      .filter(({ challenger: daily }) => daily.length > 0),
  );
  const checks = [
    ...absoluteChecks(horizons, groups, days, thresholds),
    baselineCheck(horizons, groups, thresholds),
    championCheck(champion?.version ?? null, groups, thresholds),
  ];
  return { ...decide(checks, input.notes), ...facts, horizons, groups: groups.map(withoutScores) };
}

function decide(checks: readonly Check[], notes: readonly string[]): Pick<Gate, 'verdict' | 'reasons'> {
  const failures = checks.filter(({ ok }) => !ok).map(({ sentence }) => sentence);
  if (failures.length > 0) return { verdict: 'rejected', reasons: [...failures, ...notes] };
  return { verdict: 'promoted', reasons: [...checks.map(({ sentence }) => sentence), ...notes] };
}

function emptyOrInvalid(rows: readonly number[], challenger: BlockForecast): string | null {
  if (rows.length === 0) return 'no held-out row with demand above 0 to judge by';
  const invalid = rows.filter((row) => !Number.isFinite(challenger.mw[row])).length;
  if (invalid === 0) return null;
  return `gives no number for ${String(invalid)} of ${String(rows.length)} held-out rows`;
}

function isoAt(block: HeldOutBlock, row: number): string {
  return toIso(block.originMs[row] ?? 0);
}

function withoutScores({ score: _, ...group }: ComparedGroup): NonNullable<Gate['groups']>[number] {
  return group;
}
