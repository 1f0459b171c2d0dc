import type { FeedServerMessage } from '../contracts/generated/feed-server-message.js';
import type { FeedState } from './machine.js';

/** Nowcasts that this client will not get. */
export type FeedGap =
  /** It read too slowly: earlier nowcasts of the zone were left out before this seq. */
  | { readonly reason: 'conflated'; readonly zone: string; readonly missed: number; readonly seq: number }
  /** It was away too long, or the server is another one: a snapshot took the place of what came after `afterSeq`. */
  | { readonly reason: 'restarted'; readonly sameEpoch: boolean; readonly afterSeq: number };

/**
 * What a message says about gaps. A seq that skips numbers says nothing: other zones and horizons have them.
 * @param state before the message
 */
export function gapOf(state: FeedState, message: FeedServerMessage): FeedGap | null {
  const { epoch, seq } = state;
  if (epoch === null || seq === null) return null;
  if (message.type === 'subscribed' && !message.recovered) {
    return { reason: 'restarted', sameEpoch: message.epoch === epoch, afterSeq: seq };
  }
  if (message.type !== 'nowcast') return null;
  const { zone } = message.nowcast;
  const missed = message.conflated ?? 0;
  return missed > 0 ? { reason: 'conflated', zone, missed, seq: message.seq } : null;
}
