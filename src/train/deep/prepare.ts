import { NowcastError } from '../../contracts/errors.js';
import { DAY_MS } from '../../contracts/time.js';
import type { InputEvent } from '../../features/input-event.js';
import type { ZoneProfile } from '../../features/zone-profile.js';
import { crossValidate, type FoldResult } from '../cross-validation.js';
import { fitZone } from '../fit-zone.js';
import { summariseFolds } from '../fold-summary.js';
import { seededRandom } from '../random.js';
import { isOwn, type Recipe } from '../recipe.js';
import type { CrossValidation, DeepOptions, FoldSummary } from './deep-report.js';
import { drawCandidates, type Round, search, SEARCH_ROUNDS, type SearchResult } from './search.js';
import { type DataValidation, validateData } from './validate-data.js';

export interface Preparation {
  readonly data: DataValidation;
  readonly search: SearchResult;
  readonly recipe: Recipe;
  readonly crossValidation: CrossValidation;
}

export interface PrepareOptions extends DeepOptions {
  readonly seed: number;
  /** Parameters that the zone is trained with now. */
  readonly recipe: Recipe;
  /** Most rows of a fit; the rounds of the search take no more. */
  readonly rowBudget?: number;
  readonly nowMs: () => number;
  readonly onProgress: (stage: 'validate' | 'search' | 'cross-validate', fraction: number) => void;
}

/** The gate judges on the last block of time, which may be so long: the search must not have seen it. */
const GATE_BLOCK_DAYS = 28;
/** History that a fit of the search needs before its own end. */
const LEAST_FIT_DAYS = 60;
const FOLD_DAYS = 7;
const FOLD_BUDGET = { effort: 'daily', rowBudget: 60_000, heldOutRowBudget: 5_000 } as const;
const SEARCH_HELD_OUT_ROWS = 8_000;

/** Everything of a deep training that comes before its final fit. */
export async function prepareDeep(
  events: readonly InputEvent[],
  profile: ZoneProfile,
  options: PrepareOptions,
): Promise<Preparation> {
  options.onProgress('validate', 0);
  const data = validateData(events, profile);
  options.onProgress('search', 0);
  const found = await searchRecipe(events, profile, data, options);
  options.onProgress('cross-validate', 0);
  const crossValidation = await validateFolds(events, profile, data, found.recipe, options);
  return { data, search: found, recipe: found.recipe, crossValidation };
}

/** Candidates are scored on origins that lie before the block on which the gate will judge. */
function searchRecipe(
  events: readonly InputEvent[],
  profile: ZoneProfile,
  data: DataValidation,
  {
    seed,
    recipe: current,
    rowBudget = Number.POSITIVE_INFINITY,
    budgetMs,
    candidates: count,
    nowMs,
    onProgress,
  }: PrepareOptions,
): Promise<SearchResult> {
  const endMs = Date.parse(data.until);
  const origins = Math.floor((data.days - LEAST_FIT_DAYS) / GATE_BLOCK_DAYS);
  const rounds = origins < 1 ? [] : SEARCH_ROUNDS;
  const score = async (recipe: Recipe, round: Round): Promise<number> => {
    const count = Math.min(round.origins, origins);
    const scores: number[] = [];
    for (let k = 0; k < count; k += 1) {
      const { manifest } = await fitZone(events, profile, {
        effort: 'first',
        ...recipe,
        seed,
        untilMs: endMs - (k + 1) * GATE_BLOCK_DAYS * DAY_MS,
        rowBudget: Math.min(rowBudget, round.rowBudget),
        heldOutRowBudget: Math.min(rowBudget, SEARCH_HELD_OUT_ROWS),
      });
      scores.push(mean(manifest.metrics.filter(({ n }) => n > 0).map(({ mape }) => mape)));
    }
    return mean(scores);
  };
  const [own = {}, ...drawn] = drawCandidates(seededRandom(seed), count);
  const candidates = isOwn(current) ? [own, ...drawn] : [own, current, ...drawn];
  const report = (fraction: number): void => onProgress('search', fraction);
  return search({ candidates, rounds, score, budgetMs, nowMs, onProgress: report });
}

async function validateFolds(
  events: readonly InputEvent[],
  profile: ZoneProfile,
  data: DataValidation,
  recipe: Recipe,
  { folds, seed, rowBudget = Number.POSITIVE_INFINITY, onProgress }: PrepareOptions,
): Promise<CrossValidation> {
  const fits = Math.floor((data.days - LEAST_FIT_DAYS / 2) / FOLD_DAYS);
  const none = (skipped: string): CrossValidation => ({ folds: [], horizons: [], skipped });
  if (fits < 1) return none(`${data.days} days of demand are too few for a fold`);
  try {
    const results = await crossValidate(events, profile, {
      folds: Math.min(folds, fits),
      foldDays: FOLD_DAYS,
      seed,
      fit: {
        ...recipe,
        rowBudget: Math.min(rowBudget, FOLD_BUDGET.rowBudget),
        heldOutRowBudget: Math.min(rowBudget, FOLD_BUDGET.heldOutRowBudget),
      },
      onProgress: (_fold, fraction) => onProgress('cross-validate', fraction),
    });
    return { folds: results.map(summaryOf), horizons: summariseFolds(results), skipped: null };
  } catch (error) {
    // Folds are a measurement: what they lack in data must not keep the zone from its model.
    if (!(error instanceof NowcastError)) throw error;
    return none(error.message);
  }
}

function summaryOf({ fold, testFrom, testUntil, rows, horizons }: FoldResult): FoldSummary {
  return {
    fold,
    testFrom,
    testUntil,
    rows,
    horizons: horizons.map(({ minutes, n, mape, rmse, coverage80 }) => ({
      minutes,
      n,
      mape,
      rmse,
      coverage80,
    })),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
