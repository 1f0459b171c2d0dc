/** Where one partition is followed. */
export interface FollowedPosition {
  readonly topic: string;
  readonly partition: number;
  /** Next offset to read. */
  readonly position: number;
  /** End of the partition when last seen. */
  readonly end: number;
}

interface Tracked extends FollowedPosition {
  /** End of the partition at the first assignment: reading up to it is being caught up. */
  readonly target: number;
}

/** Positions of a follower in all its partitions, and whether it has read what was there when it began. */
export class FollowProgress {
  private readonly tracked = new Map<string, Tracked>();
  private readonly waiters = new Set<() => void>();
  private assigned = false;

  get caughtUp(): boolean {
    return this.assigned && [...this.tracked.values()].every((one) => one.position >= one.target);
  }

  positions(): FollowedPosition[] {
    return [...this.tracked.values()].map(({ topic, partition, position, end }) => ({
      topic,
      partition,
      position,
      end,
    }));
  }

  positionOf(topic: string, partition: number): number | undefined {
    return this.tracked.get(`${topic}/${partition}`)?.position;
  }

  /** Takes over a whole assignment: positions, and the ends that count as being caught up. */
  assign(positions: readonly FollowedPosition[]): void {
    for (const { topic, partition, position, end } of positions) this.set(topic, partition, position, end);
    this.assigned = true;
    this.wakeWhenCaughtUp();
  }

  advance(topic: string, partition: number, position: number, end: number): void {
    this.set(topic, partition, position, end);
    this.wakeWhenCaughtUp();
  }

  /** Resolves when caught up, or after the timeout; true when caught up. */
  caughtUpWithin(timeoutMs: number): Promise<boolean> {
    if (this.caughtUp) return Promise.resolve(true);
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.waiters.delete(wake);
        resolve(this.caughtUp);
      };
      const timer = setTimeout(wake, timeoutMs);
      this.waiters.add(wake);
    });
  }

  private set(topic: string, partition: number, position: number, end: number): void {
    const key = `${topic}/${partition}`;
    const target = this.tracked.get(key)?.target ?? end;
    this.tracked.set(key, { topic, partition, position, end, target });
  }

  private wakeWhenCaughtUp(): void {
    if (this.waiters.size > 0 && this.caughtUp) for (const wake of this.waiters) wake();
  }
}
