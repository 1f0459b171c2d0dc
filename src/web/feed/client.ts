import { NowcastFeed, type FeedServerMessage, type FeedState } from '../../client/index.js';

export interface FeedListener {
  onMessage(message: FeedServerMessage): void;
  onState(state: FeedState): void;
}

/**
 * Keeps the page connected to the feed, all zones of it, until it is closed.
 * @param token key to show to the server; null where everybody may read
 */
export function openFeed(url: string, listener: FeedListener, token: string | null): NowcastFeed {
  const feed = new NowcastFeed({ url, ...(token === null ? {} : { token }) });
  feed.on('state', (state) => listener.onState(state));
  feed.on('message', (message) => listener.onMessage(message));
  window.addEventListener('online', () => feed.retryNow());
  return feed.start();
}

/** The feed's address beside the page, whatever path the page is served under. */
export function feedUrl(pageUrl: string): string {
  const url = new URL('v1/feed', pageUrl);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
