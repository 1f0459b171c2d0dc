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

  assign(topic: string, partition: number, position: number, end: number): void {
    const target = this.tracked.get(`${topic}/${partition}`)?.target ?? end;
    this.tracked.set(`${topic}/${partition}`, { topic, partition, position, end, target });
    this.assigned = true;
  }

  advance(topic: string, partition: number, position: number, end: number): void {
    const target = this.tracked.get(`${topic}/${partition}`)?.target ?? end;
    this.tracked.set(`${topic}/${partition}`, { topic, partition, position, end, target });
    if (this.waiters.size > 0 && this.caughtUp) for (const wake of this.waiters) wake();
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
}
