import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outbox, type Deliverable, type OutboxLimits, type Sink } from '../../src/feed/outbox.js';

class FakeSocket implements Sink {
  readonly sent: { seq: number; zone: string; conflated?: number; complete?: number }[] = [];
  buffered = 0;
  bufferedBytes(): number {
    return this.buffered;
  }
  send(message: Buffer): void {
    this.buffered += message.length;
    this.sent.push(JSON.parse(message.toString()) as { seq: number; zone: string });
  }
}

const limits: OutboxLimits = { softBytes: 100, hardBytes: 2000, stallMs: 1000 };

function item(seq: number, zone: string, rank = seq): Deliverable {
  return { key: zone, seq, rank, message: Buffer.from(JSON.stringify({ seq, zone })) };
}

describe('Outbox', () => {
  it('passes everything on to a client that reads', () => {
    const socket = new FakeSocket();
    const outbox = new Outbox(socket, limits);
    for (let seq = 0; seq < 50; seq += 1) {
      outbox.offer(item(seq, 'A'), 0);
      socket.buffered = 0;
    }
    expect(socket.sent.map((one) => one.seq)).toEqual([...Array(50).keys()]);
    expect(outbox.takeConflated()).toBe(0);
  });

  it('keeps the newest of each zone for one that does not, and says how many it dropped', () => {
    const socket = new FakeSocket();
    const outbox = new Outbox(socket, limits);
    socket.buffered = 500;
    for (let seq = 0; seq < 10; seq += 1) outbox.offer(item(seq, seq % 2 === 0 ? 'A' : 'B'), 0);
    expect(socket.sent).toEqual([]);
    socket.buffered = 0;
    outbox.flush();
    expect(socket.sent).toEqual([
      { seq: 8, zone: 'A', conflated: 4, complete: 0 },
      { seq: 9, zone: 'B', conflated: 4 },
    ]);
    expect(outbox.takeConflated()).toBe(8);
    expect(outbox.takeConflated()).toBe(0);
  });

  it('does not replace a later origin by a re-issue of an earlier one', () => {
    const socket = new FakeSocket();
    const outbox = new Outbox(socket, limits);
    socket.buffered = 500;
    outbox.offer(item(5, 'A', 1000), 0);
    outbox.offer(item(6, 'A', 900), 0);
    socket.buffered = 0;
    outbox.flush();
    expect(socket.sent).toEqual([{ seq: 5, zone: 'A', conflated: 1 }]);
  });

  it('gives up who has too much waiting, but not for the size of a snapshot', () => {
    const socket = new FakeSocket();
    const outbox = new Outbox(socket, limits);
    outbox.sendNow(Buffer.from(JSON.stringify({ seq: 0, zone: 'x'.repeat(5000) })));
    expect(outbox.overload(0)).toBeNull();
    for (let zone = 0; zone < 200; zone += 1) outbox.offer(item(zone, `zone-${zone}`), 0);
    expect(outbox.overload(0)).toContain('too slow');
  });

  it('gives up who reads nothing for too long, but not who reads slowly', () => {
    const socket = new FakeSocket();
    const outbox = new Outbox(socket, limits);
    socket.buffered = 500;
    outbox.offer(item(0, 'A'), 0);
    expect(outbox.overload(900)).toBeNull();
    socket.buffered = 400;
    expect(outbox.overload(1500)).toBeNull();
    expect(outbox.overload(2400)).toBeNull();
    expect(outbox.overload(2600)).toContain('nothing was read');
  });

  it('loses nothing unsaid: at any moment all is sent, counted, or after the position to resume from', () => {
    const step = fc.oneof(fc.constantFrom('A', 'B', 'C', 'D'), fc.integer({ min: 0, max: 400 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const socket = new FakeSocket();
        const outbox = new Outbox(socket, limits);
        const offered: { seq: number; zone: string }[] = [];
        for (const one of steps) {
          if (typeof one === 'number') {
            socket.buffered = Math.max(0, socket.buffered - one);
            outbox.flush();
          } else {
            offered.push({ seq: offered.length, zone: one });
            outbox.offer(item(offered.length - 1, one), 0);
          }
        }
        // The connection may break after any of the messages.
        let resumeFrom = -1;
        for (const [index, message] of socket.sent.entries()) {
          resumeFrom = Math.max(resumeFrom, message.complete ?? message.seq);
          for (const zone of ['A', 'B', 'C', 'D']) {
            const got = socket.sent.slice(0, index + 1).filter((other) => other.zone === zone);
            const counted = got.reduce((sum, other) => sum + 1 + (other.conflated ?? 0), 0);
            const last = got.at(-1)?.seq ?? -1;
            const owed = offered.filter((o) => o.zone === zone && o.seq <= Math.max(last, resumeFrom));
            expect(counted).toBe(owed.length);
          }
        }
        expect(outbox.completeSeq(offered.length - 1)).toBeGreaterThanOrEqual(resumeFrom);
      }),
      { numRuns: 500 },
    );
  });

  it('sends in rising seq, loses no latest state, and never claims a position it has not reached', () => {
    const step = fc.oneof(
      fc.record({ zone: fc.constantFrom('A', 'B', 'C', 'D'), rankShift: fc.integer({ min: -3, max: 0 }) }),
      fc.integer({ min: 0, max: 400 }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const socket = new FakeSocket();
        const outbox = new Outbox(socket, limits);
        const best = new Map<string, Deliverable>();
        let seq = -1;
        for (const one of steps) {
          if (typeof one === 'number') {
            socket.buffered = Math.max(0, socket.buffered - one);
            outbox.flush();
          } else {
            seq += 1;
            const next = item(seq, one.zone, seq + one.rankShift);
            const old = best.get(one.zone);
            if (old === undefined || next.rank >= old.rank) best.set(one.zone, next);
            outbox.offer(next, 0);
          }
          const sent = socket.sent.map((message) => message.seq);
          expect(sent).toEqual([...sent].sort((a, b) => a - b));
          const complete = outbox.completeSeq(seq);
          // Whatever is the newest of a zone and not after the position was sent.
          for (const latest of best.values()) {
            if (latest.seq !== null && latest.seq <= complete) expect(sent).toContain(latest.seq);
          }
        }
        socket.buffered = 0;
        while (outbox.congested) {
          outbox.flush();
          socket.buffered = 0;
        }
        const sent = new Set(socket.sent.map((message) => message.seq));
        for (const latest of best.values()) expect(sent.has(latest.seq ?? -1)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
