import type { Alert } from '../contracts/records.js';
import { FEATURE_COUNT } from '../features/feature-names.js';
import { RowBuffer } from '../features/row-buffer.js';
import type { Finding } from '../quality/verdict.js';
import type { QualityReport } from '../quality/zone-quality.js';
import type { Envelope } from './intake.js';
import type { IssuedEarlier } from './issued-earlier.js';
import type { NowcastRequest } from './request.js';

/** A nowcast that is due, with what its record and its latency metric need. */
export interface PendingNowcast {
  readonly type: 'nowcast';
  readonly request: NowcastRequest;
  readonly traceparent: string | undefined;
  readonly receivedAtMs: number;
}

/** An accepted actual, to be scored against the nowcasts issued for it. */
export interface PendingActual {
  readonly type: 'actual';
  readonly zone: string;
  readonly validTimeMs: number;
  readonly demandMw: number;
  readonly asOfMs: number;
}

/** A nowcast of before a restart, whose place in the order of events has come. */
export interface PendingEarlier {
  readonly type: 'earlier';
  readonly zone: string;
  readonly issued: IssuedEarlier;
}

/** What is due about the data quality of a zone. */
export interface ZoneQualityReport extends QualityReport {
  readonly zone: string;
  readonly asOfMs: number;
}

export interface ZoneFinding extends Finding {
  readonly zone: string;
  readonly source: string;
  readonly detectedAtMs: number;
}

/** A record that decoded well but cannot be applied, and why. */
export interface RefusedEvent {
  readonly envelope: Envelope;
  readonly message: string;
}

/**
 * What one flush works off: requests and actuals in the order of their events, and the feature rows of each zone in
 * one block, so that a flush costs one inference a model however many events it holds.
 */
export class WorkBatch {
  readonly actions: (PendingNowcast | PendingActual | PendingEarlier)[] = [];
  readonly findings: ZoneFinding[] = [];
  readonly quality: ZoneQualityReport[] = [];
  readonly refused: RefusedEvent[] = [];
  readonly alerts: Alert[] = [];
  private readonly buffers = new Map<string, RowBuffer>();

  constructor(private readonly pool: RowBufferPool) {}

  get rows(): number {
    let rows = 0;
    for (const buffer of this.buffers.values()) rows += buffer.rows;
    return rows;
  }

  get isEmpty(): boolean {
    const { actions, findings, quality, alerts } = this;
    return actions.length + findings.length + quality.length + alerts.length === 0;
  }

  bufferOf(zone: string): RowBuffer {
    let buffer = this.buffers.get(zone);
    if (buffer === undefined) {
      buffer = this.pool.take();
      this.buffers.set(zone, buffer);
    }
    return buffer;
  }

  zoneBuffers(): IterableIterator<[string, RowBuffer]> {
    return this.buffers.entries();
  }

  /** Gives the row blocks back; the batch must not be used afterwards. */
  release(): void {
    for (const buffer of this.buffers.values()) this.pool.give(buffer);
    this.buffers.clear();
  }
}

/** Row blocks that are used again: a flush allocates nothing once the pool is warm. */
export class RowBufferPool {
  private readonly free: RowBuffer[] = [];

  take(): RowBuffer {
    return this.free.pop() ?? new RowBuffer(FEATURE_COUNT);
  }

  give(buffer: RowBuffer): void {
    buffer.reset();
    this.free.push(buffer);
  }
}
