import type { FeedNowcast, FeedServerMessage } from '../contracts/generated/feed-server-message.js';
import { FeedError } from './feed-error.js';
import type { FeedGap } from './gaps.js';
import type { FeedState } from './machine.js';

/** A nowcast as it reached this client. */
export interface ReceivedNowcast {
  /** Position in the feed; of a snapshot that of the whole snapshot. */
  readonly seq: number;
  readonly nowcast: FeedNowcast;
  /** True when it came in a snapshot, as the latest of its zone. */
  readonly snapshot: boolean;
}

/** What `on` can listen to. */
export interface FeedEvents {
  /** Every message of the server, in order. */
  message: FeedServerMessage;
  /** Every nowcast, those of snapshots too. */
  nowcast: ReceivedNowcast;
  gap: FeedGap;
  state: FeedState;
  /** What went wrong here: a malformed frame, a token that could not be had, a handler that threw. */
  error: FeedError;
}

type Handlers = { readonly [K in keyof FeedEvents]: Set<(value: FeedEvents[K]) => void> };

/** The callbacks of one client. A handler that throws stops neither the client nor the other handlers. */
export class Listeners {
  private readonly handlers: Handlers = {
    message: new Set(),
    nowcast: new Set(),
    gap: new Set(),
    state: new Set(),
    error: new Set(),
  };

  /** @returns a function that removes the handler */
  on<K extends keyof FeedEvents>(event: K, handler: (value: FeedEvents[K]) => void): () => void {
    this.handlers[event].add(handler);
    return () => {
      this.handlers[event].delete(handler);
    };
  }

  emit<K extends keyof FeedEvents>(event: K, value: FeedEvents[K]): void {
    for (const handler of [...this.handlers[event]]) {
      try {
        handler(value);
      } catch (cause) {
        this.failed(event, cause);
      }
    }
  }

  private failed(event: keyof FeedEvents, cause: unknown): void {
    // Without a handler of errors, or when it is the one that threw, the error must not get lost.
    if (event === 'error' || this.handlers.error.size === 0) {
      queueMicrotask(() => {
        throw cause;
      });
      return;
    }
    this.emit('error', new FeedError('HANDLER_FAILED', `a handler of "${event}" threw`, null, { cause }));
  }
}
