/** Readiness: named checks that parts of the service keep up to date, and one answer made of them. */

export interface HealthCheck {
  readonly ok: boolean;
  /** One sentence a person can act on. */
  readonly detail: string;
}

export interface CheckReport extends HealthCheck {
  readonly name: string;
  /** How long the check has been in this state (ok or not), milliseconds. */
  readonly sinceMs: number;
}

export interface ReadinessReport {
  readonly ready: boolean;
  /** In order of registration. */
  readonly checks: readonly CheckReport[];
}

/** What /readyz waits for unless told otherwise. */
export const DEFAULT_REQUIRED_CHECKS: readonly string[] = ['log', 'history', 'stream'];

interface CheckState extends HealthCheck {
  readonly changedAtMs: number;
  readonly required: boolean;
}

/**
 * Holds the state of each named check. Required checks start as not ok ("has not reported yet"); the service is
 * ready when all required ones are ok. Checks that are reported without being required are shown, and do not count.
 */
export class HealthRegistry {
  private readonly states = new Map<string, CheckState>();

  /** @param nowMs clock, epoch milliseconds; passed in so that tests control it */
  constructor(
    private readonly nowMs: () => number,
    required: readonly string[] = DEFAULT_REQUIRED_CHECKS,
  ) {
    const changedAtMs = nowMs();
    for (const name of required) {
      this.states.set(name, {
        ok: false,
        detail: `${name} has not reported yet`,
        changedAtMs,
        required: true,
      });
    }
  }

  /** Sets the state of a check; a new name is added as not required. */
  report(name: string, check: HealthCheck): void {
    const previous = this.states.get(name);
    const changedAtMs =
      previous !== undefined && previous.ok === check.ok ? previous.changedAtMs : this.nowMs();
    const required = previous?.required ?? false;
    this.states.set(name, { ok: check.ok, detail: check.detail, changedAtMs, required });
  }

  readiness(): ReadinessReport {
    const nowMs = this.nowMs();
    const checks = [...this.states].map(([name, state]) => ({
      name,
      ok: state.ok,
      detail: state.detail,
      sinceMs: Math.max(0, nowMs - state.changedAtMs),
    }));
    const ready = [...this.states.values()].every((state) => state.ok || !state.required);
    return { ready, checks };
  }
}
