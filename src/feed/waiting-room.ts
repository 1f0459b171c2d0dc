/** A frame as it came. */
export interface HeldFrame {
  /** Null for a binary frame. */
  readonly text: string | null;
  readonly bytes: number;
}

/**
 * Whether a client is let in, and what it said while that was being found out: a client may send `auth` and `subscribe`
 * in one go, and is answered in order.
 */
export class WaitingRoom {
  private status: 'in' | 'asking' | 'outside' = 'in';
  private held: HeldFrame[] = [];
  private heldBytes = 0;
  private notInSinceMs = 0;

  constructor(private readonly maxHeldBytes: number) {}

  /** The question is open; frames are held. */
  get asking(): boolean {
    return this.status === 'asking';
  }

  get inside(): boolean {
    return this.status === 'in';
  }

  ask(nowMs: number): void {
    if (this.inside) this.notInSinceMs = nowMs;
    this.status = 'asking';
  }

  /** Whether the client has been waiting, or showing no good token, for at least this long. */
  overdue(afterMs: number, nowMs: number): boolean {
    return !this.inside && nowMs - this.notInSinceMs >= afterMs;
  }

  /** @returns false when more is waiting than is kept for one client */
  hold(frame: HeldFrame): boolean {
    this.heldBytes += frame.bytes;
    if (this.heldBytes > this.maxHeldBytes) return false;
    this.held.push(frame);
    return true;
  }

  answer(letIn: boolean): void {
    this.status = letIn ? 'in' : 'outside';
  }

  /** The next held frame, as long as no question is open. */
  next(): HeldFrame | null {
    if (this.asking) return null;
    const frame = this.held.shift() ?? null;
    if (frame !== null) this.heldBytes -= frame.bytes;
    return frame;
  }
}
