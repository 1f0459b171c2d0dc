import { accessKey } from '../access-key.js';
import { NowcastFeed, type FeedServerMessage, type FeedState } from '../../client/index.js';

export interface FeedListener {
  onMessage(message: FeedServerMessage): void;
  onState(state: FeedState): void;
}

/** Keeps the page connected to the feed, all zones of it, for as long as the page is there. */
export function openFeed(url: string, listener: FeedListener): NowcastFeed {
  const token = accessKey();
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
