import { MINUTE_MS, toIso } from '../../contracts/time.js';
import { type Parsed, Problems } from '../parsed.js';
import type { OasisRow } from './parse-report.js';

/** Market runs of SLD_FCST. ACTUAL is measured; all others are CAISO's own forecasts, also RTM's 5 minutes. */
export const LOAD_MARKET_RUNS = ['ACTUAL', 'RTM', 'DAM', '2DA', '7DA'] as const;
export type LoadMarketRun = (typeof LOAD_MARKET_RUNS)[number];

/** Load of one TAC area and interval. */
export interface LoadRow {
  readonly kind: 'actual' | 'forecast';
  /** `actual`, or which forecast. */
  readonly product: string;
  readonly resource: string;
  readonly startMs: number;
  readonly stepMinutes: number;
  readonly mw: number;
}

interface Item {
  readonly marketRun: LoadMarketRun;
  readonly product: string;
  readonly stepMinutes: number;
}

/** What each data item is. An item that is not here is never guessed at. */
const ITEMS: Readonly<Record<string, Item>> = {
  SYS_FCST_ACT_MW: { marketRun: 'ACTUAL', product: 'actual', stepMinutes: 60 },
  SYS_FCST_5MIN_MW: { marketRun: 'RTM', product: 'caiso-rtm-5min', stepMinutes: 5 },
  SYS_FCST_15MIN_MW: { marketRun: 'RTM', product: 'caiso-rtm-15min', stepMinutes: 15 },
  SYS_FCST_DA_MW: { marketRun: 'DAM', product: 'caiso-dam', stepMinutes: 60 },
  SYS_FCST_2DA_MW: { marketRun: '2DA', product: 'caiso-2da', stepMinutes: 60 },
  SYS_FCST_7DA_MW: { marketRun: '7DA', product: 'caiso-7da', stepMinutes: 60 },
};

/**
 * Load rows of the areas that are wanted. Key is (area, item, interval): names collide across balancing areas (`PGE`
 * is Portland General), so what is not on the list is left out, and a row of another market run is refused.
 * Two different values for one key are both refused: nothing says which one holds.
 * @param resources allow-list of TAC areas, exactly as OASIS names them
 */
export function parseLoad(
  rows: readonly OasisRow[],
  marketRun: LoadMarketRun,
  resources: ReadonlySet<string>,
): Parsed<LoadRow> {
  const problems = new Problems();
  const byKey = new Map<string, LoadRow | null>();
  for (const row of rows) {
    if (!resources.has(row.resource)) continue;
    const load = toLoad(row, marketRun);
    if (typeof load === 'string') {
      problems.add(row.resource, load);
      continue;
    }
    const key = `${load.resource}|${load.product}|${load.startMs}`;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, load);
    else if (known !== null && known.mw !== load.mw) {
      byKey.set(key, null);
      problems.add(row.resource, `${toIso(load.startMs)} has two values, ${known.mw} and ${load.mw} MW`);
    }
  }
  const kept = [...byKey.values()].filter((row) => row !== null);
  kept.sort((a, b) => a.startMs - b.startMs || (a.resource < b.resource ? -1 : 1));
  return { rows: kept, problems: problems.list() };
}

function toLoad(row: OasisRow, wanted: LoadMarketRun): LoadRow | string {
  const { item, marketRun, startMs, endMs, mw, resource } = row;
  const known = ITEMS[item];
  if (known === undefined) return `unknown data item ${JSON.stringify(item.slice(0, 40))}`;
  if (marketRun !== wanted || known.marketRun !== wanted)
    return `a row of ${marketRun} (${item}) where ${wanted} was asked for`;
  const stepMs = known.stepMinutes * MINUTE_MS;
  if (endMs - startMs !== stepMs || startMs % stepMs !== 0)
    return `${toIso(startMs)} .. ${toIso(endMs)} is no interval of ${known.stepMinutes} minutes`;
  const kind = known.product === 'actual' ? 'actual' : 'forecast';
  return { kind, product: known.product, resource, startMs, stepMinutes: known.stepMinutes, mw };
}
