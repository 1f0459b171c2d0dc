import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeChunk,
  encodeChunks,
  encodeKept,
  readChunkHeader,
} from '../../src/log/embedded/chunk-layout.js';
import { frameJson, payloadOf, schemaIdOf } from '../../src/log/framing.js';
import type { LogRecord } from '../../src/log/event-log.js';

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const chunkRecord = fc.record({
  key: text,
  value: fc.option(fc.uint8Array({ maxLength: 300 })),
  timestampMs: fc.integer({ min: -1000, max: 2_000_000_000_000 }),
  headers: fc.dictionary(
    text.filter((name) => name !== '__proto__'),
    text,
    { maxKeys: 3 },
  ),
});
const ALL = { fromOffset: 0, toOffset: Infinity, maxRecords: Infinity };

function plain(
  records: readonly { key: string; value: Uint8Array | null; timestampMs: number; headers?: object }[],
) {
  return records.map(({ key, value, timestampMs, headers }) => ({
    key,
    value: value === null ? null : Buffer.from(value).toString('hex'),
    timestampMs,
    headers: { ...headers },
  }));
}

describe('chunk layout', () => {
  it('gives back every record with its offset, and knows the largest timestamps', () => {
    fc.assert(
      fc.property(
        fc.array(chunkRecord, { minLength: 1, maxLength: 700 }),
        fc.nat(2 ** 40),
        (records, first) => {
          const found: LogRecord[] = [];
          let maxBefore = Number.NEGATIVE_INFINITY;
          for (const { baseOffset, bytes, maxTimestampMs } of encodeChunks(records, first, maxBefore)) {
            const header = readChunkHeader(bytes, baseOffset);
            expect(header.maxTimestampBeforeMs).toBe(maxBefore);
            decodeChunk(bytes, baseOffset, ALL, found);
            expect(found.at(-1)?.offset).toBe(header.lastOffset);
            maxBefore = maxTimestampMs;
          }
          expect(plain(found)).toEqual(plain(records));
          expect(found.map(({ offset }) => offset)).toEqual(records.map((_, at) => first + at));
          expect(maxBefore).toBe(Math.max(...records.map(({ timestampMs }) => timestampMs)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads ranges, limits and what compaction keeps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(chunkRecord, fc.boolean()), { minLength: 1, maxLength: 100 }),
        fc.nat(120),
        fc.nat(120),
        fc.integer({ min: 1, max: 50 }),
        (tagged, from, to, maxRecords) => {
          const [chunk] = encodeChunks(
            tagged.map(([record]) => record),
            0,
            5,
          );
          const all: LogRecord[] = [];
          if (chunk !== undefined) decodeChunk(chunk.bytes, 0, ALL, all);
          const kept = all.filter((_, at) => tagged[at]?.[1]);
          if (kept.length === 0) return;
          const bytes = encodeKept(kept, 0, 5);
          const found: LogRecord[] = [];
          decodeChunk(bytes, 0, { fromOffset: from, toOffset: to, maxRecords }, found);
          const expected = kept.filter(({ offset }) => offset >= from && offset < to).slice(0, maxRecords);
          expect(plain(found)).toEqual(plain(expected));
          expect(found.map(({ offset }) => offset)).toEqual(expected.map(({ offset }) => offset));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('refuses bytes of another layout instead of guessing', () => {
    expect(() => readChunkHeader(Buffer.alloc(40, 9), 3)).toThrow(
      expect.objectContaining({ code: 'STORAGE_FAILED' }) as Error,
    );
  });
});

describe('framing', () => {
  it('gives back id and payload of any text', () => {
    fc.assert(
      fc.property(fc.nat(0x7fffffff), fc.string({ unit: 'grapheme' }), (id, json) => {
        const frame = frameJson(id, json);
        expect(schemaIdOf(frame)).toBe(id);
        expect(payloadOf(frame).toString('utf8')).toBe(json);
        expect(schemaIdOf(new Uint8Array(frame))).toBe(id);
      }),
    );
  });

  it('finds no id in bytes that are not framed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const framed = bytes.length >= 5 && bytes[0] === 0;
        expect(schemaIdOf(bytes) !== null).toBe(framed);
      }),
    );
  });
});
