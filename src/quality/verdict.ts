/** What the rules see of a zone's accepted demand. */
export interface DemandView {
  /** NaN where unknown. */
  demandAt(validTimeMs: number): number;
  /** Latest accepted value by validTime, or null. */
  latestDemand(): { readonly validTimeMs: number; readonly demandMw: number } | null;
  /**
   * Latest value of that interval that a spike or ramp verdict held back, NaN where none. Optional: with it a new
   * level is believed once several held values agree; without it, once nothing was accepted for as many steps.
   */
  heldAt?(validTimeMs: number): number;
}

export interface Finding {
  readonly rule: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly action: 'quarantined' | 'flagged' | 'counted';
  readonly validTimeMs: number;
  readonly value: number | null;
  readonly message: string;
  /** Intervals that the finding stands for, where it is more than its own: a gap, a frozen run. */
  readonly intervals?: number;
}

export interface Verdict {
  /** False: the value is kept in the log but no feature may use it. */
  readonly accepted: boolean;
  /**
   * Of a value that is held back: the last time that is still believed, where the fault began before it was told and
   * values that were accepted since are as false.
   */
  readonly believedUntilMs?: number;
  readonly findings: readonly Finding[];
}
