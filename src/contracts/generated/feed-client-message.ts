/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * What a client may send on /v1/feed.
 */
export type FeedClientMessage = SubscribeMessage | UnsubscribeMessage | PingMessage | AuthMessage;

export interface SubscribeMessage {
  type: 'subscribe';
  /**
   * Subscription id chosen by the client.
   */
  id: string;
  /**
   * Zones, or ["*"].
   *
   * @minItems 1
   * @maxItems 10000
   */
  zones: [string, ...string[]];
  /**
   * Only these horizons; absent means all.
   *
   * @minItems 1
   * @maxItems 512
   */
  horizonsMinutes?: [number, ...number[]];
  resume?: {
    /**
     * Epoch of the feed that seq belongs to.
     */
    epoch: string;
    /**
     * Position in the feed: the offset in the nowcasts topic.
     */
    seq: number;
  };
}
export interface UnsubscribeMessage {
  type: 'unsubscribe';
  /**
   * Subscription id chosen by the client.
   */
  id: string;
}
export interface PingMessage {
  type: 'ping';
  /**
   * Subscription id chosen by the client.
   */
  id?: string;
}
export interface AuthMessage {
  type: 'auth';
  /**
   * Token.
   */
  token: string;
}
