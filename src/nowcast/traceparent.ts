import { randomBytes } from 'node:crypto';

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
let spans = randomBytes(8).readBigUInt64BE();

/** W3C trace context of a record caused by another: same trace, new span; a new trace where there was none. */
export function childTraceparent(parent: string | undefined): string {
  const traceId =
    (parent === undefined ? undefined : TRACEPARENT.exec(parent)?.[1]) ?? randomBytes(16).toString('hex');
  spans = BigInt.asUintN(64, spans + 1n);
  return `00-${traceId}-${(spans === 0n ? 1n : spans).toString(16).padStart(16, '0')}-01`;
}
