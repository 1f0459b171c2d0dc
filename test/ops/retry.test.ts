import { describe, expect, it } from 'vitest';
import { NowcastError } from '../../src/contracts/errors.js';
import { retryForever } from '../../src/ops/retry.js';

const away = () => new NowcastError('LOG_UNAVAILABLE', 'away', { retriable: true });

describe('retryForever', () => {
  it('tries until it works, waiting longer each time up to the limit', async () => {
    const delays: number[] = [];
    let attempts = 0;
    const result = await retryForever(
      () => (++attempts < 6 ? Promise.reject(away()) : Promise.resolve('done')),
      {
        signal: new AbortController().signal,
        firstDelayMs: 1,
        maxDelayMs: 4,
        onRetry: (_error, delayMs) => delays.push(delayMs),
      },
    );
    expect([result, delays]).toEqual(['done', [1, 2, 4, 4, 4]]);
  });

  it('waits for a full disk to be mended', async () => {
    let full = true;
    const result = await retryForever(
      () => (full ? Promise.reject(new NowcastError('STORAGE_FULL', 'full')) : Promise.resolve(1)),
      {
        signal: new AbortController().signal,
        firstDelayMs: 1,
        onRetry: () => {
          full = false;
        },
      },
    );
    expect(result).toBe(1);
  });

  it('gives up at once on what cannot mend, and at the signal', async () => {
    const options = { signal: new AbortController().signal, onRetry: () => undefined };
    await expect(
      retryForever(() => Promise.reject(new NowcastError('INTERNAL', 'bug')), options),
    ).rejects.toThrowError('bug');
    const stop = new AbortController();
    const retried = retryForever(() => Promise.reject(away()), {
      signal: stop.signal,
      onRetry: () => {
        stop.abort();
      },
    });
    await expect(retried).rejects.toThrowError('away');
  });
});
