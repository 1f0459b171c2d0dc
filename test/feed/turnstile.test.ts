import { describe, expect, it } from 'vitest';
import { Turnstile } from '../../src/feed/turnstile.js';

describe('a turnstile', () => {
  it('lets so many through at a time, in order, also after one that fails', async () => {
    const turnstile = new Turnstile(2);
    const begun: number[] = [];
    const ends: ((fails: boolean) => void)[] = [];
    const tasks = [0, 1, 2, 3, 4].map((i) =>
      turnstile.run(
        () =>
          new Promise<number>((resolve, reject) => {
            begun.push(i);
            ends[i] = (fails) => {
              if (fails) reject(new Error(`task ${i}`));
              else resolve(i);
            };
          }),
      ),
    );
    expect(begun).toEqual([0, 1]);
    ends[1]?.(true);
    await expect(tasks[1]).rejects.toThrow('task 1');
    expect(begun).toEqual([0, 1, 2]);
    for (const i of [0, 2, 3, 4]) {
      ends[i]?.(false);
      expect(await tasks[i]).toBe(i);
    }
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    expect(await turnstile.run(() => Promise.resolve('free'))).toBe('free');
  });
});
