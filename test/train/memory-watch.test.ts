import { describe, expect, it, vi } from 'vitest';
import { MemoryWatch } from '../../src/train/memory-watch.js';

const MB = 1024 * 1024;

describe('MemoryWatch', () => {
  it('keeps the peak of each training, and tells the last that the memory is used up', async () => {
    let rssMb = 500;
    const watch = new MemoryWatch(100, () => rssMb * MB, 1);
    const told: string[] = [];
    const first = watch.watch(() => told.push('first'));
    rssMb = 550;
    await vi.waitFor(() => expect(first.peakRssBytes()).toBe(550 * MB));
    rssMb = 520;
    const second = watch.watch(() => told.push('second'));
    expect(second.peakRssBytes()).toBe(520 * MB);
    rssMb = 601;
    await vi.waitFor(() => expect(told).toContain('second'));
    expect(told).not.toContain('first');
    second.stop();
    await vi.waitFor(() => expect(told).toContain('first'));
    first.stop();
    expect(first.peakRssBytes()).toBe(601 * MB);
  });
});
