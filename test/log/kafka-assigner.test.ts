import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignCoPartitioned } from '../../src/log/kafka-assigner.js';

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

describe('assignCoPartitioned', () => {
  it('gives every partition to one member, and equal numbers of all topics to the same', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
        (members, counts) => {
          const topics = counts.map((count, at) => [`t${at}`, upTo(count)] as const);
          const names = new Set(topics.map(([name]) => name));
          const given = assignCoPartitioned(
            new Map(topics),
            new Map(members.map((member) => [member, names])),
          );
          const ownerOf = new Map<number, string>();
          let total = 0;
          for (const [member, byTopic] of given) {
            for (const partition of [...byTopic.values()].flat()) {
              expect(ownerOf.get(partition) ?? member).toBe(member);
              ownerOf.set(partition, member);
              total++;
            }
          }
          expect(total).toBe(counts.reduce((sum, count) => sum + count, 0));
        },
      ),
    );
  });

  it('gives a member nothing of a topic that it does not read', () => {
    const given = assignCoPartitioned(
      new Map([
        ['demand', upTo(4)],
        ['models', upTo(1)],
      ]),
      new Map([
        ['a', new Set(['demand'])],
        ['b', new Set(['demand', 'models'])],
      ]),
    );
    expect(given.get('a')).toEqual(new Map([['demand', [0, 2]]]));
    expect(given.get('b')).toEqual(
      new Map([
        ['demand', [1, 3]],
        ['models', [0]],
      ]),
    );
  });
});
