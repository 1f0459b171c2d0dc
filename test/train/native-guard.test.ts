import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { keepOut, native, newNativeGuard, guardThisThread } from '../../src/train/native-guard.js';

const SCRIPT = fileURLToPath(new URL('threads/end-in-network.mjs', import.meta.url));

describe('a training that is ended', () => {
  it('while it fits a network leaves its process alive', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, '4']);
    expect(stdout.trim().split('\n')).toEqual(Array.from({ length: 4 }, () => 'TRAINING_INTERRUPTED'));
  });
});

describe('the guard of a thread', () => {
  it('lets the call that is under way come to its end, and no other one begin', async () => {
    expect(await native(() => Promise.resolve('not guarded'))).toBe('not guarded');
    const guard = newNativeGuard();
    guardThisThread(guard);
    try {
      let finish: (value: string) => void = () => undefined;
      const inside = native(() => new Promise<string>((resolve) => (finish = resolve)));
      expect(await keepOut(guard, 5)).toBe(false);
      await expect(native(() => Promise.resolve('late'))).rejects.toMatchObject({
        code: 'TRAINING_INTERRUPTED',
      });
      const out = keepOut(guard, 10_000);
      finish('done');
      expect(await inside).toBe('done');
      expect(await out).toBe(true);
    } finally {
      guardThisThread(null);
    }
  });

  it('is left by a call that fails', async () => {
    const guard = newNativeGuard();
    guardThisThread(guard);
    try {
      await expect(native(() => Promise.reject(new Error('refused')))).rejects.toThrowError('refused');
      expect(await keepOut(guard, 0)).toBe(true);
    } finally {
      guardThisThread(null);
    }
  });
});
