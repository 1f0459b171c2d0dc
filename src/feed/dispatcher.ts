import type { ViewBatch } from './apply-record.js';
import type { Audience } from './audience.js';
import type { FeedConnection } from './connection.js';
import { encodeAccuracy, encodeDemand, encodeModel } from './protocol.js';
import type { ModelSummary } from './view-state.js';

/** Sends what a batch of the log brought to those who listen: serialised once, one write a client. */
export class Dispatcher {
  constructor(private readonly audience: Audience<FeedConnection>) {}

  /**
   * @param seq position of the feed after the batch
   * @returns the clients that were sent something (or would have been, were they faster)
   */
  dispatch(batch: ViewBatch, seq: number, nowMs: number): Set<FeedConnection> {
    const touched = new Set<FeedConnection>();
    const each = (zone: string, visit: (client: FeedConnection) => void): void => {
      this.audience.forEach(zone, (client) => {
        touched.add(client);
        client.cork();
        visit(client);
      });
    };
    for (const frame of batch.nowcasts)
      each(frame.zone, (client) => {
        client.offerNowcast(frame, nowMs);
      });
    for (const demand of batch.demand) {
      const message = lazyBuffer(() => encodeDemand(seq, demand));
      const rank = Date.parse(demand.validTime);
      each(demand.zone, (client) => {
        client.offerOther(`demand/${demand.zone}`, rank, message(), nowMs);
      });
    }
    for (const accuracy of batch.accuracy) {
      const { zone, horizonMinutes, window, at } = accuracy;
      const message = lazyBuffer(() => encodeAccuracy(seq, accuracy));
      const key = `accuracy/${window}/${horizonMinutes}/${zone}`;
      each(zone, (client) => {
        if (client.wantsHorizon(zone, horizonMinutes))
          client.offerOther(key, Date.parse(at), message(), nowMs);
      });
    }
    for (const model of batch.models) this.dispatchModel(model, seq, nowMs, each);
    for (const client of touched) client.uncork();
    return touched;
  }

  private dispatchModel(
    model: ModelSummary,
    seq: number,
    nowMs: number,
    each: (zone: string, visit: (client: FeedConnection) => void) => void,
  ): void {
    const { version, status, statusAt, manifest } = model;
    const { zones } = manifest;
    const message = lazyBuffer(() =>
      encodeModel({ seq, zones, modelVersion: version, status, at: statusAt }),
    );
    const told = new Set<FeedConnection>();
    for (const zone of zones) {
      each(zone, (client) => {
        if (told.has(client)) return;
        told.add(client);
        client.offerOther(`model/${version}`, Date.parse(statusAt), message(), nowMs);
      });
    }
  }
}

function lazyBuffer(encode: () => string): () => Buffer {
  let buffer: Buffer | null = null;
  return () => (buffer ??= Buffer.from(encode()));
}
