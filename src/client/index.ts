/** The TypeScript client of the nowcast feed, for browsers and Node. Depends on no package. */
export type {
  FeedServerMessage,
  FeedNowcast,
  FeedDemand,
} from '../contracts/generated/feed-server-message.js';
export { NowcastFeed, type FeedOptions, type TokenSource } from './feed.js';
export { FeedError, type FeedErrorCode } from './feed-error.js';
export type { FeedGap } from './gaps.js';
export type { FeedEvents, ReceivedNowcast } from './listeners.js';
export { initialFeedState, type FeedPhase, type FeedPolicy, type FeedState } from './machine.js';
export type { FeedSelection } from './selection.js';
export type {
  FeedSocket,
  FeedSocketEvent,
  FeedSocketFactory,
  FeedSocketRequest,
  WebSocketClass,
} from './socket.js';
