import type { FoldHorizon } from '../fold-summary.js';
import type { Recipe } from '../recipe.js';
import type { Ablation } from './ablation.js';
import type { SearchResult } from './search.js';
import type { DataValidation } from './validate-data.js';

/** What a deep training does beyond a daily one. */
export interface DeepOptions {
  /** Time for the search of parameters. */
  readonly budgetMs: number;
  /** Folds of the cross-validation. */
  readonly folds: number;
  /** Most sets of parameters that the search begins with. */
  readonly candidates?: number;
}

export interface FoldSummary {
  readonly fold: number;
  readonly testFrom: string;
  readonly testUntil: string;
  readonly rows: number;
  readonly horizons: readonly {
    readonly minutes: number;
    readonly n: number;
    readonly mape: number | null;
    readonly rmse: number | null;
    readonly coverage80: number | null;
  }[];
}

export interface CrossValidation {
  readonly folds: readonly FoldSummary[];
  readonly horizons: readonly FoldHorizon[];
  /** Why there are no folds; null when there are. */
  readonly skipped: string | null;
}

/** What a deep training found out about a zone. */
export interface DeepReport {
  readonly zone: string;
  readonly data: DataValidation;
  readonly search: SearchResult;
  readonly recipe: Recipe;
  readonly crossValidation: CrossValidation;
  readonly ablation: Ablation;
}
