import type { FeedNowcast, FeedServerMessage } from '../contracts/generated/feed-server-message.js';

/** The latest nowcast of each zone: the greatest origin, and of one origin the greatest revision. */
export class LatestNowcasts {
  private readonly byZone = new Map<string, FeedNowcast>();

  get zones(): ReadonlyMap<string, FeedNowcast> {
    return this.byZone;
  }

  receive(message: FeedServerMessage): void {
    if (message.type === 'snapshot') {
      this.byZone.clear();
      for (const nowcast of message.nowcasts) this.byZone.set(nowcast.zone, nowcast);
    } else if (message.type === 'nowcast') {
      const current = this.byZone.get(message.nowcast.zone);
      if (current === undefined || supersedes(message.nowcast, current)) {
        this.byZone.set(message.nowcast.zone, message.nowcast);
      }
    }
  }
}

function supersedes(next: FeedNowcast, current: FeedNowcast): boolean {
  const aheadMs = Date.parse(next.origin) - Date.parse(current.origin);
  return aheadMs > 0 || (aheadMs === 0 && next.revision >= current.revision);
}
