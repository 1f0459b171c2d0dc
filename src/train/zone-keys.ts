import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventLog } from '../log/event-log.js';

/** Log times of a zone's first and newest demand record that were met, epoch milliseconds. */
export interface ZoneSpan {
  firstMs: number;
  lastMs: number;
}

/**
 * The zones that have demand in the log, followed as far as it was read last. Only keys are looked at, so this costs
 * little even for years.
 */
export class ZoneKeys {
  private readonly positions = new Map<number, number>();
  private readonly spans = new Map<string, ZoneSpan>();

  /** @param fromMs log time from which on demand counts at the first reading */
  constructor(
    private readonly log: EventLog,
    private readonly fromMs: () => number | Promise<number>,
  ) {}

  /** Reads on. */
  async sync(): Promise<ReadonlyMap<string, Readonly<ZoneSpan>>> {
    if (this.positions.size === 0) {
      const starts = await this.log.offsetsAt('demand.observed', await this.fromMs());
      for (const { partition, offset } of starts) this.positions.set(partition, offset);
    }
    for (const { partition, low, high } of await this.log.watermarks('demand.observed')) {
      const from = Math.max(low, this.positions.get(partition) ?? low);
      if (from >= high) continue;
      for await (const { records } of this.log.read('demand.observed', partition, from, high)) {
        for (const { key, timestampMs } of records) this.note(key, timestampMs);
        // The service of the same process goes on meanwhile.
        await nextTurn();
      }
      this.positions.set(partition, high);
    }
    return this.spans;
  }

  private note(zone: string, timestampMs: number): void {
    const span = this.spans.get(zone);
    if (span === undefined) this.spans.set(zone, { firstMs: timestampMs, lastMs: timestampMs });
    else {
      span.firstMs = Math.min(span.firstMs, timestampMs);
      span.lastMs = Math.max(span.lastMs, timestampMs);
    }
  }
}
