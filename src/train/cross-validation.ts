import { NowcastError } from '../contracts/errors.js';
import { DAY_MS, floorToStep, toIso } from '../contracts/time.js';
import type { InputEvent } from '../features/input-event.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { backtest, type BacktestOptions, type BacktestResult } from './backtest.js';
import type { BacktestTraining } from './backtest-model.js';

export interface CrossValidationOptions extends Pick<BacktestTraining, 'seed' | 'fit'> {
  /** Number of test blocks. */
  readonly folds: number;
  /** Length of a test block, days. */
  readonly foldDays: number;
  /** End of the last block; by default the end of the demand. */
  readonly untilMs?: number;
  /** By default none: only forecasts among the events. */
  readonly futureWeather?: BacktestOptions['futureWeather'];
  readonly operator?: BacktestOptions['operator'];
  /** @param fraction of the whole cross-validation, 0 .. 1 */
  readonly onProgress?: (fold: number, fraction: number) => void;
}

/** The backtest of one block. */
export interface FoldResult extends BacktestResult {
  /** From 1, in rising time. */
  readonly fold: number;
  /** Targets in testFrom .. testUntil are scored; the model was trained on what was known by testFrom. */
  readonly testFrom: string;
  readonly testUntil: string;
}

/** Share of a backtest that is training, for the progress. */
const STAGES = { train: [0, 0.6], walk: [0.6, 0.95], score: [0.95, 1] } as const;

/**
 * Rolling-origin cross-validation: successive test blocks up to `untilMs`, each walked forward by a model that was
 * trained only on what had become available before the block. No fold knows the demand of its own block or of later ones.
 * @param events of one zone; each type in the order in which it became available
 * @throws NowcastError TRAINING_DATA_SHORT naming the fold; INPUT_EMPTY when there is no demand, or none in a block
 */
export async function crossValidate(
  events: readonly InputEvent[],
  profile: ZoneProfile,
  options: CrossValidationOptions,
): Promise<FoldResult[]> {
  const { folds, foldDays, seed, fit, operator, futureWeather = 'none', onProgress } = options;
  const endMs = options.untilMs ?? endOfDemand(events, profile);
  const results: FoldResult[] = [];
  for (let fold = 1; fold <= folds; fold += 1) {
    const testFromMs = endMs - (folds - fold + 1) * foldDays * DAY_MS;
    const testUntilMs = testFromMs + foldDays * DAY_MS;
    const result = await namingFold(fold, folds, testFromMs, () =>
      backtest({
        events: demandUntil(events, testUntilMs),
        profile,
        testFromMs,
        futureWeather,
        seed,
        ...(fit === undefined ? {} : { fit }),
        ...(operator === undefined ? {} : { operator }),
        onProgress: (stage, fraction) => {
          const [from, to] = STAGES[stage];
          onProgress?.(fold, (fold - 1 + from + (to - from) * fraction) / folds);
        },
      }),
    );
    results.push({ fold, testFrom: toIso(testFromMs), testUntil: toIso(testUntilMs), ...result });
  }
  return results;
}

/** End of the last interval whose demand is known; a value dated in the future must not stretch it. */
export function endOfDemand(events: readonly InputEvent[], profile: ZoneProfile): number {
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    if (event.type === 'demand') lastMs = Math.max(lastMs, Math.min(event.validTimeMs, event.availableAtMs));
  }
  if (lastMs === Number.NEGATIVE_INFINITY)
    throw new NowcastError('INPUT_EMPTY', `zone ${profile.zone} has no demand to cross-validate on`);
  return floorToStep(lastMs, profile.stepMs) + profile.stepMs;
}

/** Only demand ends a walk; weather after it is never asked for, except as the perfect forecast of the last targets. */
function demandUntil(events: readonly InputEvent[], untilMs: number): InputEvent[] {
  return events.filter(({ type, availableAtMs }) => type !== 'demand' || availableAtMs <= untilMs);
}

async function namingFold<T>(
  fold: number,
  of: number,
  testFromMs: number,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof NowcastError)) throw error;
    const { code, context } = error;
    const where = `fold ${String(fold)} of ${String(of)}, tested from ${toIso(testFromMs)}`;
    throw new NowcastError(code, `${where}: ${error.message}`, { context, cause: error });
  }
}
