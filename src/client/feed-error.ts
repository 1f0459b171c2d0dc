export type FeedErrorCode =
  /** The server's answer was one of `giveUpOn`. */
  | 'GAVE_UP'
  /** A loop over the feed fell too far behind. */
  | 'QUEUE_FULL'
  /** A frame that is not of this protocol. */
  | 'MALFORMED_FRAME'
  /** The token could not be had. */
  | 'TOKEN_FAILED'
  /** A handler of the caller threw. */
  | 'HANDLER_FAILED';

/** The one error class of the client: a code to act on and a sentence to read. Never carries the token. */
export class FeedError extends Error {
  constructor(
    readonly code: FeedErrorCode,
    message: string,
    /** Close code of the connection, where it is about one. */
    readonly closeCode: number | null = null,
    options?: { cause: unknown },
  ) {
    super(message, options);
    this.name = 'FeedError';
  }
}
