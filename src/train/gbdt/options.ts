import type { LossName } from './losses.js';

/** What shapes a boosted ensemble. Names follow the literature; LightGBM's names stand in brackets. */
export interface GbdtOptions {
  /** Upper bound of trees [num_iterations]; early stopping may keep fewer. */
  readonly trees: number;
  /** Leaves a tree [num_leaves]. */
  readonly leaves: number;
  /** Longest path from root to leaf [max_depth]; bounds the cost of one prediction. */
  readonly maxDepth: number;
  /** Shrinkage of every tree [learning_rate]. */
  readonly learningRate: number;
  /** L2 penalty on leaf values, in rows of weight 1 [lambda_l2]. */
  readonly lambda: number;
  /** Least rows in a leaf, or least weight where rows have weights [min_data_in_leaf]. */
  readonly minRowsPerLeaf: number;
  /** Share of features that a tree may use [feature_fraction]. */
  readonly featureFraction: number;
  /** Share of rows, drawn without replacement, that a tree is grown on [bagging_fraction]. */
  readonly rowFraction: number;
  /** Bins of a feature without the one for missing values, at most 255 [max_bin]. */
  readonly maxBins: number;
  /** Stop after so many trees without a better validation loss; 0 never stops. */
  readonly earlyStoppingRounds: number;
  /** Seed of row and feature sampling. */
  readonly seed: number;
  /** What the ensemble minimises, on training and validation rows alike [objective]. */
  readonly loss: LossName;
  /** The only columns that trees may use; null allows all. */
  readonly features: readonly number[] | null;
  /** Threads that grow a tree, the calling one included [num_threads]; the ensemble does not depend on it. */
  readonly threads: number;
}

export const DEFAULT_GBDT_OPTIONS: GbdtOptions = {
  trees: 300,
  leaves: 63,
  maxDepth: 12,
  learningRate: 0.06,
  lambda: 5,
  minRowsPerLeaf: 40,
  featureFraction: 0.5,
  rowFraction: 1,
  maxBins: 127,
  earlyStoppingRounds: 0,
  seed: 1,
  loss: 'l2',
  features: null,
  threads: 1,
};
