import { messageOf, NowcastError } from '../contracts/errors.js';

export interface RecentError {
  readonly atMs: number;
  /** Part of the service, for example feed or history. */
  readonly where: string;
  readonly code: string;
  readonly message: string;
}

/** The last errors of the process, for the status page. Messages only, never a stack. */
export class RecentErrors {
  private readonly kept: RecentError[] = [];

  constructor(
    private readonly nowMs: () => number,
    private readonly maxKept = 50,
  ) {}

  add(where: string, error: unknown): void {
    const code = error instanceof NowcastError ? error.code : 'INTERNAL';
    this.kept.push({ atMs: this.nowMs(), where, code, message: messageOf(error) });
    if (this.kept.length > this.maxKept) this.kept.shift();
  }

  /** Newest first. */
  list(): RecentError[] {
    return [...this.kept].reverse();
  }
}
