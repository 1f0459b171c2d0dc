import type { GbdtOptions } from './gbdt/options.js';
import type { Reference } from './group/reference.js';

/** What is trained for each group of horizons, and how hard. */
export interface TrainingPlan {
  /** Most rows of training and validation. */
  readonly rowBudget: number;
  /** Most rows of the held-out block; every horizon of a used origin is there. */
  readonly heldOutRowBudget: number;
  /** One network a reference. */
  readonly nets: readonly Reference[];
  readonly net: {
    readonly hidden: readonly number[];
    readonly batchRows: number;
    readonly steps: number;
    readonly rate: number;
    readonly weightDecay: number;
    readonly smoothing: number;
  };
  /** One boosted ensemble a reference. */
  readonly trees: readonly Reference[];
  readonly gbdt: Partial<GbdtOptions>;
}

const NET: TrainingPlan['net'] = {
  hidden: [128, 64],
  batchRows: 256,
  steps: 1200,
  rate: 2e-3,
  weightDecay: 1e-2,
  smoothing: 0.1,
};

const TREES: Partial<GbdtOptions> = {
  trees: 250,
  leaves: 31,
  learningRate: 0.06,
  featureFraction: 0.3,
  rowFraction: 0.8,
  earlyStoppingRounds: 40,
};

/** The whole recipe: what the weekly training and a backtest use. */
const DEEP: TrainingPlan = {
  rowBudget: 500_000,
  heldOutRowBudget: 30_000,
  nets: ['baseline', 'last', 'yesterday'],
  net: { ...NET, batchRows: 384 },
  trees: ['last', 'yesterday'],
  gbdt: TREES,
};

/** Within the minutes of a daily training of many zones, and cheap to serve. */
const DAILY: TrainingPlan = {
  rowBudget: 120_000,
  heldOutRowBudget: 20_000,
  nets: ['last', 'yesterday'],
  net: { ...NET, hidden: [96, 48], steps: 300 },
  trees: ['last'],
  gbdt: { ...TREES, trees: 80, learningRate: 0.12, earlyStoppingRounds: 15 },
};

/** A first model soon. */
const FIRST: TrainingPlan = {
  ...DAILY,
  rowBudget: 40_000,
  heldOutRowBudget: 15_000,
  nets: ['last'],
  net: { ...DAILY.net, steps: 200 },
  gbdt: { ...DAILY.gbdt, trees: 50 },
};

/** How much work a training may be: the first of a zone, that of every day, or that of every week. */
export type Effort = 'first' | 'daily' | 'deep';

export const PLANS: Readonly<Record<Effort, TrainingPlan>> = { first: FIRST, daily: DAILY, deep: DEEP };

/** What may be asked for in place of what an effort plans. */
export interface PlanChanges extends Partial<Pick<TrainingPlan, 'rowBudget' | 'heldOutRowBudget' | 'gbdt'>> {
  /** Share of the work of the plan, above 0 and up to 1. */
  readonly workFraction?: number;
}

/** The plan of an effort with what was asked for in its place. */
export function planOf(effort: Effort, changes: PlanChanges): TrainingPlan {
  const plan = lessened(PLANS[effort], changes.workFraction ?? 1);
  const { rowBudget = plan.rowBudget, heldOutRowBudget = plan.heldOutRowBudget, gbdt } = changes;
  return { ...plan, rowBudget, heldOutRowBudget, gbdt: { ...plan.gbdt, ...gbdt } };
}

/** Fewer rows, steps and trees, so that time and memory go down about as much; what is fitted remains the same kind of model. */
function lessened(plan: TrainingPlan, fraction: number): TrainingPlan {
  if (fraction === 1) return plan;
  const part = (whole: number, least: number): number => Math.max(least, Math.round(whole * fraction));
  const trees = plan.gbdt.trees ?? 0;
  return {
    ...plan,
    rowBudget: part(plan.rowBudget, 2000),
    heldOutRowBudget: part(plan.heldOutRowBudget, 1500),
    net: { ...plan.net, steps: part(plan.net.steps, 20) },
    gbdt: { ...plan.gbdt, trees: part(trees, 10) },
  };
}
