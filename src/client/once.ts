import type { FeedServerMessage } from '../contracts/generated/feed-server-message.js';

/**
 * Lets each nowcast through once. A client that was conflated resumes from before what it has seen of the zones that
 * kept up, and gets some of that again.
 */
export class Once {
  private floorSeq = -1;
  private readonly lastSeq = new Map<string, number>();

  /** @returns false for a nowcast that has come before */
  take(message: FeedServerMessage): boolean {
    if (message.type === 'snapshot') {
      this.floorSeq = message.seq;
      this.lastSeq.clear();
    }
    if (message.type !== 'nowcast') return true;
    const { zone } = message.nowcast;
    if (message.seq <= (this.lastSeq.get(zone) ?? this.floorSeq)) return false;
    this.lastSeq.set(zone, message.seq);
    return true;
  }
}
