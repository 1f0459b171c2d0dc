/** What is known of the sources that this process asks: kept by the collectors, shown by status, readiness and metrics. */

/** The client of one source: every request it made. */
export interface SourceState {
  readonly source: string;
  readonly lastRequestMs: number;
  /** ok, not_modified, or the kind of error. */
  readonly lastOutcome: string;
  readonly lastSuccessMs: number | null;
  readonly lastFailure: { readonly atMs: number; readonly kind: string } | null;
  /** Requests since the start, by outcome. */
  readonly requests: Readonly<Record<string, number>>;
  /** Of the last requests that were answered, milliseconds. */
  readonly latencyMs: { readonly last: number; readonly median: number; readonly max: number } | null;
}

/** What one collector achieves with them. */
export interface CollectorState {
  readonly name: string;
  readonly ok: boolean;
  /** One sentence a person can act on. */
  readonly detail: string;
  readonly lastSuccessMs: number | null;
  /** Rounds that failed since the last good one. */
  readonly failures: number;
  /** When it is tried again; null while it is not known. */
  readonly nextAttemptMs: number | null;
}

const KEPT_LATENCIES = 50;
const ANSWERED: ReadonlySet<string> = new Set(['ok', 'not_modified']);

interface Requests {
  lastRequestMs: number;
  lastOutcome: string;
  lastSuccessMs: number | null;
  lastFailure: SourceState['lastFailure'];
  readonly counts: Map<string, number>;
  readonly latencies: number[];
}

export class SourceBoard {
  private readonly requests = new Map<string, Requests>();
  private readonly collectors = new Map<string, CollectorState>();

  noteRequest(source: string, outcome: string, seconds: number, atMs: number): void {
    const known = this.requests.get(source) ?? {
      lastRequestMs: atMs,
      lastOutcome: outcome,
      lastSuccessMs: null,
      lastFailure: null,
      counts: new Map<string, number>(),
      latencies: [],
    };
    this.requests.set(source, known);
    known.lastRequestMs = atMs;
    known.lastOutcome = outcome;
    known.counts.set(outcome, (known.counts.get(outcome) ?? 0) + 1);
    if (!ANSWERED.has(outcome)) {
      known.lastFailure = { atMs, kind: outcome };
      return;
    }
    known.lastSuccessMs = atMs;
    known.latencies.push(Math.round(seconds * 1000));
    if (known.latencies.length > KEPT_LATENCIES) known.latencies.shift();
  }

  noteCollector(state: CollectorState): void {
    this.collectors.set(state.name, state);
  }

  collector(name: string): CollectorState | null {
    return this.collectors.get(name) ?? null;
  }

  listSources(): SourceState[] {
    return [...this.requests].map(([source, { counts, latencies, ...state }]) => ({
      source,
      ...state,
      requests: Object.fromEntries(counts),
      latencyMs: summary(latencies),
    }));
  }

  listCollectors(): CollectorState[] {
    return [...this.collectors.values()];
  }
}

function summary(latencies: readonly number[]): SourceState['latencyMs'] {
  const last = latencies.at(-1);
  if (last === undefined) return null;
  const sorted = [...latencies].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? last;
  return { last, median, max: sorted.at(-1) ?? last };
}
