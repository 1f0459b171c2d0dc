import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_RANK, type InputEvent } from '../../src/features/input-event.js';
import { EventTimeMerger, type QueuedEvent } from '../../src/nowcast/merge.js';
import { demandEvent, forecastEvent, values, weatherEvent } from '../features/synthetic.js';

const TOPICS = ['weather.forecast', 'weather.observed', 'demand.observed'];
const make: Record<string, (availableAtMs: number) => InputEvent> = {
  'demand.observed': (at) => demandEvent(at, 1, 0, { availableAtMs: at }),
  'weather.observed': (at) => weatherEvent(at, 1),
  'weather.forecast': (at) => forecastEvent(at, [values(1)]),
};
const queue = (topic: string, times: readonly number[], firstOffset = 0): QueuedEvent[] =>
  times.map((at, i) => ({ event: (make[topic] as (at: number) => InputEvent)(at), offset: firstOffset + i }));

function drain(merger: EventTimeMerger): string[] {
  const out: string[] = [];
  for (let next = merger.pop(); next !== null; next = merger.pop()) {
    out.push(`${next.topic}:${String(next.queued.offset)}@${String(next.queued.event.availableAtMs)}`);
  }
  return out;
}

function fenced(fences: Record<string, number>): EventTimeMerger {
  const merger = new EventTimeMerger(TOPICS);
  for (const [topic, offset] of Object.entries(fences)) merger.setFence(topic, offset);
  return merger;
}

describe('EventTimeMerger', () => {
  it('pops by availability, then forecast before weather before demand', () => {
    const merger = fenced({ 'weather.forecast': 1, 'weather.observed': 2, 'demand.observed': 2 });
    merger.push('demand.observed', queue('demand.observed', [10, 20]));
    merger.push('weather.observed', queue('weather.observed', [10, 15]));
    merger.push('weather.forecast', queue('weather.forecast', [10]));
    expect(drain(merger)).toEqual([
      'weather.forecast:0@10',
      'weather.observed:0@10',
      'demand.observed:0@10',
      'weather.observed:1@15',
      'demand.observed:1@20',
    ]);
    expect(merger.isDrained).toBe(true);
  });

  it('waits for a topic that is not caught up, and says for which', () => {
    const merger = fenced({ 'weather.forecast': 0, 'weather.observed': 3, 'demand.observed': 1 });
    merger.push('demand.observed', queue('demand.observed', [10]));
    expect(merger.pop()).toBeNull();
    expect(merger.waitingFor()).toEqual(['weather.observed']);
    expect(merger.queued()).toBe(1);
    merger.push('weather.observed', queue('weather.observed', [5]));
    expect(drain(merger)).toEqual(['weather.observed:0@5']);
    merger.pass('weather.observed', 3);
    expect(drain(merger)).toEqual(['demand.observed:0@10']);
  });

  it('waits without a fence, for nothing is known of the end of the topic', () => {
    const merger = new EventTimeMerger(['demand.observed', 'weather.observed']);
    merger.push('demand.observed', queue('demand.observed', [10]));
    expect(merger.pop()).toBeNull();
    expect(merger.isDrained).toBe(false);
    expect(() => merger.push('alerts', [])).toThrow(/not merged here/);
  });

  it('tells from which offset on nothing was popped', () => {
    const merger = fenced({ 'weather.forecast': 0, 'weather.observed': 0, 'demand.observed': 7 });
    merger.push('demand.observed', queue('demand.observed', [1, 2], 5));
    expect(merger.nextOffset('demand.observed')).toBe(5);
    merger.pop();
    expect(merger.nextOffset('demand.observed')).toBe(6);
    merger.pop();
    expect(merger.nextOffset('demand.observed')).toBe(7);
    merger.pass('demand.observed', 9);
    expect(merger.nextOffset('demand.observed')).toBe(9);
  });

  it('gives one sequence, however the log is cut into batches and in whatever order they come', () => {
    const times = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 25 });
    const cuts = fc.array(
      fc.record({ topic: fc.constantFrom(...TOPICS), size: fc.integer({ min: 1, max: 6 }) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(fc.tuple(times, times, times), cuts, (perTopic, order) => {
        const queues = new Map(TOPICS.map((topic, i) => [topic, queue(topic, perTopic[i] ?? [])]));
        const fences = Object.fromEntries([...queues].map(([topic, events]) => [topic, events.length]));
        const whole = fenced(fences);
        for (const [topic, events] of queues) whole.push(topic, events);
        const expected = drain(whole);
        const parts = fenced(fences);
        const at = new Map(TOPICS.map((topic) => [topic, 0]));
        const got: string[] = [];
        const rest = TOPICS.map((topic) => ({ topic, size: 100 }));
        for (const { topic, size } of [...order, ...rest]) {
          const from = at.get(topic) ?? 0;
          parts.push(topic, (queues.get(topic) ?? []).slice(from, from + size));
          at.set(topic, from + size);
          got.push(...drain(parts));
        }
        expect(got).toEqual(expected);
        expect(expected).toHaveLength(perTopic.flat().length);
      }),
      { numRuns: 200 },
    );
  });

  it('sorts by time between topics whose own times rise', () => {
    const times = fc
      .array(fc.integer({ min: 0, max: 30 }), { maxLength: 25 })
      .map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(fc.tuple(times, times, times), (perTopic) => {
        const merger = new EventTimeMerger(TOPICS);
        TOPICS.forEach((topic, i) => {
          merger.setFence(topic, perTopic[i]?.length ?? 0);
          merger.push(topic, queue(topic, perTopic[i] ?? []));
        });
        const keys: number[] = [];
        for (let next = merger.pop(); next !== null; next = merger.pop()) {
          keys.push(next.queued.event.availableAtMs * 10 + EVENT_RANK[next.queued.event.type]);
        }
        expect(keys).toEqual([...keys].sort((a, b) => a - b));
      }),
    );
  });
});
