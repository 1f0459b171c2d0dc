import { mkdirSync } from 'node:fs';
import { open, type RootDatabase } from 'lmdb';
import { hasEnded, newIdentity, type ProcessIdentity } from '../../ops/process-identity.js';

/** Time as collectors meet it; injected, so that tests need no waiting. */
export interface Pacer {
  /** Epoch milliseconds. */
  nowMs(): number;
  /** Resolves after the time or as soon as the signal aborts, never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

interface HostState {
  /** Who is asking now, or null. */
  readonly holder: ProcessIdentity | null;
  /** A holder that is silent for so long is taken for dead. */
  readonly heldUntilMs: number;
  /** Nobody asks before this. */
  readonly freeAtMs: number;
}

export interface Turn {
  /** Call when the answer is read, or failed. */
  release(): void;
}

const LONGEST_POLL_MS = 500;

/**
 * Who may ask a host, and when: one request at a time, and a pause after each, across all processes that share a data
 * directory. The state is a small LMDB environment, whose write transactions exclude each other.
 */
export class HostTurns {
  private readonly db: RootDatabase<HostState, string>;

  constructor(
    dir: string,
    private readonly pacer: Pacer,
  ) {
    mkdirSync(dir, { recursive: true, mode: 0o750 });
    this.db = open<HostState, string>({ path: dir, mapSize: 1 << 20 });
  }

  /**
   * Waits for the host's turn.
   * @param pauseMs from the end of a request to the start of the next
   * @param longestMs after which a request is over in any case
   * @returns null when the signal aborted
   */
  async take(host: string, pauseMs: number, longestMs: number, signal: AbortSignal): Promise<Turn | null> {
    const holder = newIdentity();
    while (!signal.aborted) {
      const waitMs = this.db.transactionSync(() => this.tryTake(host, holder, pauseMs, longestMs));
      if (waitMs === 0) return { release: () => this.release(host, holder, pauseMs) };
      await this.pacer.sleep(waitMs, signal);
    }
    return null;
  }

  async close(): Promise<void> {
    await this.db.close();
  }

  private tryTake(host: string, holder: ProcessIdentity, pauseMs: number, longestMs: number): number {
    const nowMs = this.pacer.nowMs();
    const state = this.db.get(host);
    if (state !== undefined) {
      const isHeld = state.holder !== null && nowMs < state.heldUntilMs && !hasEnded(state.holder);
      if (isHeld) return Math.min(LONGEST_POLL_MS, Math.max(1, state.heldUntilMs - nowMs));
      // A clock that was set back must not lock the host for longer than the pause itself.
      const waitMs = Math.min(state.freeAtMs - nowMs, pauseMs);
      if (waitMs > 0) return waitMs;
    }
    const next = { holder, heldUntilMs: nowMs + longestMs + pauseMs, freeAtMs: nowMs + pauseMs };
    void this.db.put(host, next);
    return 0;
  }

  private release(host: string, holder: ProcessIdentity, pauseMs: number): void {
    this.db.transactionSync(() => {
      const state = this.db.get(host);
      if (state?.holder?.id !== holder.id) return;
      void this.db.put(host, { holder: null, heldUntilMs: 0, freeAtMs: this.pacer.nowMs() + pauseMs });
    });
  }
}
