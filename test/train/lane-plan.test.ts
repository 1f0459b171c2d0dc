import { describe, expect, it } from 'vitest';
import { planLanes } from '../../src/train/lane-plan.js';
import type { EventColumns } from '../../src/train/event-columns.js';

const MB = 1024 * 1024;
function inputs(columnsMb: number, donorMb?: number): EventColumns[] {
  const empty = new Float64Array(0);
  return [columnsMb, donorMb].flatMap((mb) => {
    if (mb === undefined) return [];
    const forecasts = { byteLength: mb * MB } as Float64Array;
    return [{ zone: 'Z', demand: empty, weather: empty, forecasts, operator: empty, products: [] }];
  });
}
const LIMITS = { concurrency: 4, threads: 8, maxMemoryMb: 2048 };

describe('planLanes', () => {
  it('takes as many zones at once as asked for, if there are so many', () => {
    expect(planLanes([inputs(1), inputs(1), inputs(1), inputs(1), inputs(1)], LIMITS, 'daily').lanes).toBe(4);
    expect(planLanes([inputs(1), inputs(1)], LIMITS, 'daily').lanes).toBe(2);
    expect(planLanes([inputs(1), inputs(1), inputs(1)], { ...LIMITS, threads: 2 }, 'daily').lanes).toBe(2);
  });

  it('takes fewer when the larger ones would not fit into the memory together', () => {
    const zones = [inputs(100), inputs(100), inputs(1), inputs(1)];
    expect(planLanes(zones, LIMITS, 'daily').lanes).toBe(2);
    expect(planLanes(zones, { ...LIMITS, maxMemoryMb: 256 }, 'daily')).toEqual({
      lanes: 1,
      heapLimitMb: 192,
    });
  });

  it('takes fewer deep trainings at once than others', () => {
    const zones = [inputs(1), inputs(1), inputs(1), inputs(1)];
    expect(planLanes(zones, LIMITS, 'first').lanes).toBe(4);
    expect(planLanes(zones, LIMITS, 'deep').lanes).toBe(2);
    expect(planLanes([inputs(20), inputs(20)], LIMITS, 'deep').lanes).toBe(1);
  });

  it('counts the donor that a short history is trained with', () => {
    expect(planLanes([inputs(1), inputs(1), inputs(1)], LIMITS, 'daily').lanes).toBe(3);
    expect(planLanes([inputs(1, 100), inputs(1, 100), inputs(1, 100)], LIMITS, 'daily').lanes).toBe(2);
  });

  it('shares the heap among the threads', () => {
    expect(planLanes([inputs(1)], LIMITS, 'daily')).toEqual({ lanes: 1, heapLimitMb: 1536 });
    expect(planLanes([inputs(1), inputs(1)], LIMITS, 'daily')).toEqual({ lanes: 2, heapLimitMb: 768 });
  });

  it('trains a single zone whatever the memory', () => {
    expect(planLanes([], LIMITS, 'daily').lanes).toBe(1);
    expect(planLanes([inputs(5000)], LIMITS, 'daily').lanes).toBe(1);
  });
});
