/** What a parser found: the rows it vouches for, and what it left out and why. */
export interface Parsed<Row> {
  readonly rows: readonly Row[];
  readonly problems: readonly SourceProblem[];
}

export interface SourceProblem {
  /** Line, label, field or resource. */
  readonly where: string;
  readonly reason: string;
}

const MAX_KEPT = 100;

/** Collects problems; of very many it keeps the first hundred and a count. */
export class Problems {
  private readonly kept: SourceProblem[] = [];
  private total = 0;

  add(where: string, reason: string): void {
    this.total++;
    if (this.kept.length < MAX_KEPT) this.kept.push({ where: where.slice(0, 80), reason });
  }

  list(): readonly SourceProblem[] {
    const more = this.total - this.kept.length;
    return more === 0 ? this.kept : [...this.kept, { where: 'body', reason: `${more} more problems` }];
  }
}
