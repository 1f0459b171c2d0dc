import type { Random } from '../random.js';
import { isOwn, type Recipe } from '../recipe.js';

/** How much each candidate of a round is tried on. */
export interface Round {
  /** Rolling origins it is scored on. */
  readonly origins: number;
  readonly rowBudget: number;
  /** Candidates that go on to the next round, the program's own parameters always among them. */
  readonly keep: number;
}

/** One candidate after its last round. */
export interface Tried {
  readonly recipe: Recipe;
  /** Rounds that it was scored in. */
  readonly rounds: number;
  /** Mean MAPE over origins and horizons in its last round, percent. */
  readonly mape: number;
}

export interface SearchResult {
  /** Empty when nothing was clearly better than the program's own. */
  readonly recipe: Recipe;
  readonly tried: readonly Tried[];
  /** MAPE of the program's own parameters and of the chosen ones, in the last round that both were in, percent. */
  readonly ownMape: number;
  readonly chosenMape: number;
  readonly seconds: number;
  /** True when the time was over before every round was through. */
  readonly cutShort: boolean;
}

export interface SearchOptions {
  readonly candidates: readonly Recipe[];
  readonly rounds: readonly Round[];
  /** MAPE of a candidate in a round, percent. */
  readonly score: (recipe: Recipe, round: Round) => Promise<number>;
  readonly budgetMs: number;
  readonly nowMs: () => number;
  readonly onProgress: (fraction: number) => void;
}

/** A recipe must be better by this share of the MAPE: less than that is what another seed would do. */
const CLEARLY_BETTER = 0.005;
export const SEARCH_ROUNDS: readonly Round[] = [
  { origins: 1, rowBudget: 30_000, keep: 4 },
  { origins: 2, rowBudget: 60_000, keep: 2 },
  { origins: 3, rowBudget: 100_000, keep: 1 },
];
const CANDIDATES = 10;

/**
 * The program's own parameters and random ones around them: leaves, learning rate, share of features and least rows in a
 * leaf with its penalty. Number of trees follows from the learning rate; early stopping does the rest.
 */
export function drawCandidates(random: Random, count = CANDIDATES): Recipe[] {
  const pick = (values: readonly number[]): number => values[Math.floor(random() * values.length)] ?? 0;
  const drawn = Array.from({ length: count - 1 }, (): Recipe => {
    const learningRate = pick([0.05, 0.07, 0.1, 0.14]);
    const minRowsPerLeaf = pick([40, 80, 140, 200, 300]);
    return {
      gbdt: {
        learningRate,
        trees: Math.round(10 / learningRate),
        leaves: pick([31, 47, 63, 95, 127]),
        featureFraction: pick([0.2, 0.3, 0.45, 0.6]),
        minRowsPerLeaf,
        lambda: Math.round(minRowsPerLeaf * pick([0.05, 0.15, 0.4])),
      },
    };
  });
  return [{}, ...drawn];
}

/**
 * Successive halving: all candidates on little, the better ones on more, within a time budget. A candidate
 * that the time would not suffice for is not begun; a round that was cut short counts for nobody.
 * Source: Jamieson & Talwalkar (2016), Non-stochastic best arm identification and hyperparameter optimization.
 */
export async function search(options: SearchOptions): Promise<SearchResult> {
  const { rounds, score, budgetMs, nowMs, onProgress } = options;
  const startedMs = nowMs();
  const elapsed = (): number => nowMs() - startedMs;
  const tried = new Map<Recipe, Tried>();
  let candidates = [...options.candidates];
  let cutShort = false;
  for (const round of rounds) {
    const scored: Tried[] = [];
    const roundMs = elapsed();
    for (const recipe of candidates) {
      const oneMs = scored.length === 0 ? 0 : (elapsed() - roundMs) / scored.length;
      if (elapsed() + oneMs > budgetMs) {
        cutShort = true;
        break;
      }
      scored.push({ recipe, rounds: 1 + (tried.get(recipe)?.rounds ?? 0), mape: await score(recipe, round) });
      onProgress(Math.min(1, elapsed() / budgetMs));
    }
    if (cutShort) break;
    for (const one of scored) tried.set(one.recipe, one);
    candidates = survivors(scored, round.keep);
  }
  return conclude([...tried.values()], elapsed() / 1000, cutShort);
}

function survivors(scored: readonly Tried[], keep: number): Recipe[] {
  const best = [...scored].sort((a, b) => a.mape - b.mape).slice(0, keep);
  const own = scored.find(({ recipe }) => isOwn(recipe));
  if (own !== undefined && !best.includes(own)) best.push(own);
  return best.map(({ recipe }) => recipe);
}

/** The best of the last round that was played to its end, if it is clearly better than the program's own there. */
function conclude(tried: readonly Tried[], seconds: number, cutShort: boolean): SearchResult {
  const last = Math.max(0, ...tried.map(({ rounds }) => rounds));
  const finalists = tried.filter(({ rounds }) => rounds === last);
  const own = finalists.find(({ recipe }) => isOwn(recipe))?.mape ?? Number.NaN;
  const [best] = [...finalists].sort((a, b) => a.mape - b.mape);
  const better = best !== undefined && best.mape < own * (1 - CLEARLY_BETTER);
  return {
    recipe: better ? best.recipe : {},
    tried,
    ownMape: own,
    chosenMape: better ? best.mape : own,
    seconds,
    cutShort,
  };
}
