import type { FeedClientMessage } from '../contracts/generated/feed-client-message.js';
import type { FeedServerMessage } from '../contracts/generated/feed-server-message.js';
import type { CloseCode } from './protocol.js';

/** One line on each message, complete by its type. */
export const CLIENT_SUMMARIES: Readonly<Record<FeedClientMessage['type'], string>> = {
  subscribe: 'Asks for zones, all horizons or some; with `resume` from the position reached before.',
  unsubscribe: 'Ends a subscription.',
  ping: 'Is answered by `pong`, after everything sent before it.',
  auth: 'Shows a token, before the first subscribe or to renew one.',
};

export const SERVER_SUMMARIES: Readonly<Record<FeedServerMessage['type'], string>> = {
  subscribed: 'The subscription stands. `recovered`: the missed nowcasts follow; otherwise a snapshot does.',
  snapshot: 'The latest nowcast of each subscribed zone.',
  nowcast: 'A new nowcast. `conflated`: how many of the zone were left out before it.',
  demand: 'A measured value.',
  accuracy: 'A new score of a zone, horizon and window.',
  model: 'A model version changed its status.',
  heartbeat: 'Every 10 s: the position of the feed and the age of the data of each zone.',
  pong: 'Answers `ping`.',
  error: 'Something that the client said is wrong; `message` says what.',
};

/** What the server answers to each message of a client. */
export const REPLIES: Readonly<
  Record<
    FeedClientMessage['type'],
    readonly [FeedServerMessage['type'], ...FeedServerMessage['type'][]] | null
  >
> = {
  subscribe: ['subscribed', 'snapshot', 'error'],
  unsubscribe: null,
  ping: ['pong'],
  auth: null,
};

export const CLOSE_CODE_MEANINGS: Readonly<Record<CloseCode, string>> = {
  1012: 'The server is restarting; reconnect after a random delay and resume.',
  1013: 'As many clients as it can serve, or no way to check tokens now; reconnect later.',
  4400: 'Bad message; an `error` with the details came before.',
  4401: 'No token, or one that is refused, expired or revoked.',
  4403: 'Pages of this origin may not open the feed.',
  4408: 'No subscription in time, or too slow; reconnect and resume.',
  4429: 'Too many messages.',
};
