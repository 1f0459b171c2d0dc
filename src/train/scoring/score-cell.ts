import { ErrorSums, type ErrorSummary } from '../error-sums.js';
import type { ScoredRow } from './scored-row.js';

/** 1 - MAE / MAE of the other on the same rows; above 0 is better than the other. Null where the other errs by nothing. */
export interface Skill {
  readonly persistence: number | null;
  readonly ramp24h: number | null;
  readonly ramp7d: number | null;
  /** Only where an operator's forecast was given; on the rows that have one. */
  readonly operator?: number | null;
}

/** The operator's forecast on the rows that have one, and the model on the very same rows. */
export interface OperatorSummary {
  readonly n: number;
  readonly mape: number;
  readonly mae: number;
  readonly rmse: number;
  readonly bias: number;
  readonly modelMape: number;
  readonly modelMae: number;
  readonly skill: number | null;
}

export interface CellSummary extends ErrorSummary {
  /** Mean absolute error, MW: what skill compares. */
  readonly mae: number;
  /** MAPE of the baselines on the same rows, percent. */
  readonly baselines: { readonly persistence: number; readonly ramp24h: number; readonly ramp7d: number };
  readonly skill: Skill;
  /** Of forecast and band before their online correction; only where the walk supplies one. */
  readonly mapeRaw?: number;
  readonly pinballRaw?: number;
  readonly coverage80Raw?: number;
  readonly operator?: OperatorSummary;
}

/** Running sums of a set of rows: the model and everything it is compared with. */
export class ScoreCell {
  readonly model = new ErrorSums();
  private readonly persistence = new ErrorSums();
  private readonly ramp24h = new ErrorSums();
  private readonly ramp7d = new ErrorSums();
  private raw: ErrorSums | null = null;
  private operator: { readonly its: ErrorSums; readonly own: ErrorSums } | null = null;

  add(row: ScoredRow): void {
    const { actualMw, mw, persistenceMw, ramp24hMw, ramp7dMw, operatorMw } = row;
    this.model.add(actualMw, mw, row.p10Mw, row.p90Mw);
    this.persistence.add(actualMw, persistenceMw, Number.NaN, Number.NaN);
    this.ramp24h.add(actualMw, ramp24hMw, Number.NaN, Number.NaN);
    this.ramp7d.add(actualMw, ramp7dMw, Number.NaN, Number.NaN);
    if (!Number.isNaN(row.p10RawMw)) {
      this.raw ??= new ErrorSums();
      this.raw.add(actualMw, row.mwRaw, row.p10RawMw, row.p90RawMw);
    }
    if (Number.isNaN(operatorMw)) return;
    this.operator ??= { its: new ErrorSums(), own: new ErrorSums() };
    this.operator.its.add(actualMw, operatorMw, Number.NaN, Number.NaN);
    this.operator.own.add(actualMw, mw, Number.NaN, Number.NaN);
  }

  merge(other: ScoreCell): void {
    this.model.merge(other.model);
    this.persistence.merge(other.persistence);
    this.ramp24h.merge(other.ramp24h);
    this.ramp7d.merge(other.ramp7d);
    if (other.raw !== null) (this.raw ??= new ErrorSums()).merge(other.raw);
    if (other.operator === null) return;
    this.operator ??= { its: new ErrorSums(), own: new ErrorSums() };
    this.operator.its.merge(other.operator.its);
    this.operator.own.merge(other.operator.own);
  }

  summary(): CellSummary {
    const { mae } = this.model;
    const raw = this.raw?.summary();
    const operator = this.operatorSummary();
    return {
      ...this.model.summary(),
      mae,
      baselines: {
        persistence: this.persistence.summary().mape,
        ramp24h: this.ramp24h.summary().mape,
        ramp7d: this.ramp7d.summary().mape,
      },
      skill: {
        persistence: skillOf(mae, this.persistence.mae),
        ramp24h: skillOf(mae, this.ramp24h.mae),
        ramp7d: skillOf(mae, this.ramp7d.mae),
        ...(operator === null ? {} : { operator: operator.skill }),
      },
      ...(raw === undefined
        ? {}
        : { mapeRaw: raw.mape, pinballRaw: raw.pinball, coverage80Raw: raw.coverage80 }),
      ...(operator === null ? {} : { operator }),
    };
  }

  private operatorSummary(): OperatorSummary | null {
    if (this.operator === null) return null;
    const { its, own } = this.operator;
    const { n, mape, rmse, bias } = its.summary();
    return {
      n,
      mape,
      mae: its.mae,
      rmse,
      bias,
      modelMape: own.summary().mape,
      modelMae: own.mae,
      skill: skillOf(own.mae, its.mae),
    };
  }
}

function skillOf(mae: number, other: number): number | null {
  return other > 0 ? 1 - mae / other : null;
}
