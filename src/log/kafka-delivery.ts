import type { EachBatchPayload } from 'kafkajs';
import { isRebalancing } from './kafka-errors.js';

/** How often a member says that it is alive, and so how soon it learns that another one joined. */
export const HEARTBEAT_MS = 1_000;

/** Thrown into kafkajs to end the consumer: not retriable, so it disconnects and does not start again. */
export class DeliveryStopped extends Error {
  readonly retriable = false;

  constructor() {
    super('delivery has stopped');
    this.name = 'DeliveryStopped';
  }
}

/** Keeps the group alive while a batch takes long, and remembers when the group wants its members back. */
export class Heart {
  private rebalance: unknown = null;
  private readonly timer: NodeJS.Timeout;

  constructor(payload: EachBatchPayload) {
    this.timer = setInterval(() => {
      payload.heartbeat().catch((error: unknown) => {
        if (isRebalancing(error)) this.rebalance = error;
      });
    }, HEARTBEAT_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  throwIfRebalancing(): void {
    if (this.rebalance !== null) throw this.rebalance as Error;
  }
}

/** The offset that the fetch of this batch asked for; kafkajs has it, its types do not. */
export function fetchedFrom({ batch }: EachBatchPayload): number {
  return Number((batch as unknown as { fetchedOffset: string }).fetchedOffset);
}
