import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FeedFrame } from '../../src/feed/frame.js';
import { FrameRing } from '../../src/feed/frame-ring.js';
import { horizonView } from '../../src/feed/horizon-view.js';
import { makeNowcast, START_MS } from './records.js';

const nowcast = makeNowcast();

describe('FrameRing', () => {
  it('answers exactly what came after a seq, or refuses, whatever was dropped', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50 }),
        fc.array(fc.record({ gap: fc.integer({ min: 1, max: 3 }), bytes: fc.integer({ min: 1, max: 100 }) })),
        fc.integer({ min: 1, max: 4000 }),
        (from, pushes, maxBytes) => {
          const ring = new FrameRing(maxBytes, from);
          const all: number[] = [];
          let seq = from - 1;
          for (const { gap, bytes } of pushes) {
            seq += gap;
            all.push(seq);
            ring.push(new FeedFrame(seq, nowcast, bytes));
          }
          for (let after = from - 2; after <= seq; after += 1) {
            const got = ring.after(after)?.map((frame) => frame.seq) ?? null;
            if (got === null) expect(after + 1).toBeLessThan(ring.from);
            else expect(got).toEqual(all.filter((one) => one > after));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('stays within its bytes and drops the oldest', () => {
    const ring = new FrameRing(4000);
    for (let seq = 0; seq < 100; seq += 1) ring.push(new FeedFrame(seq, nowcast, 100));
    expect(ring.size).toBe(10);
    expect(ring.after(89)?.map((frame) => frame.seq)).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
    expect(ring.after(88)).toBeNull();
  });
});

describe('FeedFrame', () => {
  it('is serialised once for all who see the same', () => {
    const frame = new FeedFrame(7, nowcast, 1);
    const first = frame.messageOf(horizonView([60, 5]));
    expect(frame.messageOf(horizonView([5, 60, 60]))).toBe(first);
    const message = JSON.parse(first?.toString() ?? '') as { seq: number; nowcast: typeof nowcast };
    expect(message.seq).toBe(7);
    expect(message.nowcast.steps.map((step) => step.horizonMinutes)).toEqual([5, 60]);
    expect(frame.messageOf(horizonView([7]))).toBeNull();
  });

  it('knows which of two nowcasts of a zone is the newer', () => {
    const of = (originMs: number, revision: number): FeedFrame =>
      new FeedFrame(0, makeNowcast({ originMs, revision }), 1);
    expect(of(START_MS + 1000, 0).supersedes(of(START_MS, 5))).toBe(true);
    expect(of(START_MS, 1).supersedes(of(START_MS, 0))).toBe(true);
    expect(of(START_MS, 0).supersedes(of(START_MS, 1))).toBe(false);
  });
});
