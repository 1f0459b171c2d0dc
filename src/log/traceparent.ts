import { randomFillSync } from 'node:crypto';

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const TRACE_ID_BYTES = 16;
/** Random bytes are fetched in blocks: a call to the generator for each record costs more than the record's features. */
const pool = Buffer.alloc(256 * TRACE_ID_BYTES);
let used = pool.length;

const spanSeed = randomFillSync(new Uint32Array(2));
const spanHigh = (spanSeed[0] ?? 0).toString(16).padStart(8, '0');
let spanLow = spanSeed[1] ?? 0;

/** W3C trace context of a record caused by another: same trace, new span; a new trace where there was none. */
export function childTraceparent(parent: string | undefined): string {
  const traceId = (parent === undefined ? undefined : TRACEPARENT.exec(parent)?.[1]) ?? newTraceId();
  // Only the all-zero id is forbidden, and 0 is left out of the lower half.
  spanLow = (spanLow + 1) >>> 0 || 1;
  return `00-${traceId}-${spanHigh}${spanLow.toString(16).padStart(8, '0')}-01`;
}

function newTraceId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const traceId = pool.toString('hex', used, used + TRACE_ID_BYTES);
  used += TRACE_ID_BYTES;
  return traceId;
}
