import { FEATURE_COUNT } from '../../src/features/feature-names.js';
import type { InputEvent } from '../../src/features/input-event.js';
import { RowBuffer } from '../../src/features/row-buffer.js';
import type { ZoneProfile } from '../../src/features/zone-profile.js';
import type { NowcastRequest } from '../../src/nowcast/request.js';
import { createZoneStream, ingest } from '../../src/nowcast/step.js';

export interface Issued {
  /** Without its place in a buffer, which depends on the batch. */
  readonly request: Omit<NowcastRequest, 'firstRow'>;
  /** Its rows, to be compared to the last bit. */
  readonly rows: Buffer;
}

/** Everything the stream issues for these events; `resetEvery` is how many events share a buffer. */
export function replay(
  events: readonly InputEvent[],
  profile: ZoneProfile,
  resetEvery = 1,
  emitFromMs = 0,
): Issued[] {
  const stream = createZoneStream(profile);
  const buffer = new RowBuffer(FEATURE_COUNT, 1);
  const issued: Issued[] = [];
  events.forEach((event, i) => {
    if (i % resetEvery === 0) buffer.reset();
    const { request } = ingest(stream, event, null, buffer, event.availableAtMs >= emitFromMs);
    if (request === null) return;
    const { firstRow, ...rest } = request;
    issued.push({
      request: rest,
      rows: firstRow < 0 ? Buffer.alloc(0) : rowsAt(buffer, firstRow, request.horizonsMinutes.length),
    });
  });
  return issued;
}

export function rowsAt(buffer: RowBuffer, firstRow: number, count: number): Buffer {
  const part = buffer.data.slice(firstRow * FEATURE_COUNT, (firstRow + count) * FEATURE_COUNT);
  return Buffer.from(part.buffer);
}

/** Index of the first difference to the last bit, or -1. */
export function firstDifference(a: readonly Issued[], b: readonly Issued[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]];
    if (!x || !y || !x.rows.equals(y.rows) || !sameRequest(x.request, y.request)) return i;
  }
  return -1;
}

function sameRequest(a: Issued['request'], b: Issued['request']): boolean {
  const bytes = (r: Issued['request']): Buffer =>
    Buffer.from(r.baselineMw.buffer, r.baselineMw.byteOffset, r.baselineMw.byteLength);
  const rest = (r: Issued['request']): string => JSON.stringify({ ...r, baselineMw: null });
  return bytes(a).equals(bytes(b)) && rest(a) === rest(b);
}
