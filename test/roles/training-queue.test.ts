import { describe, expect, it } from 'vitest';
import { TrainingQueue, type TrainBatch, type TrainingJob } from '../../src/roles/training-queue.js';

function job(zone: string, kind: TrainingJob['kind'], ...ids: string[]): TrainingJob {
  return { zone, kind, ids, requestedBy: 'test' };
}

function recorder(fails = false) {
  const batches: string[] = [];
  const releases: (() => void)[] = [];
  const train: TrainBatch = async (kind, requests) => {
    batches.push(`${kind}: ${[...requests].map(([zone, { ids }]) => `${zone}(${ids.join('+')})`).join(' ')}`);
    if (fails) throw new Error('no log');
    await new Promise<void>((resolve) => releases.push(resolve));
    return [];
  };
  /** Lets the batch that runs end, and the next begin. */
  const next = async (): Promise<void> => {
    releases.shift()?.();
    for (let i = 0; i < 20; i += 1) await Promise.resolve();
  };
  return { batches, train, next };
}

describe('TrainingQueue', () => {
  it('trains zones that are asked for together as one batch', async () => {
    const { batches, train, next } = recorder();
    const queue = new TrainingQueue(train, 2, () => undefined);
    for (const zone of ['A', 'B', 'C']) queue.add(job(zone, 'daily', `daily/${zone}`));
    await next();
    expect(batches).toEqual(['daily: A(daily/A) B(daily/B) C(daily/C)']);
    await next();
    await queue.idle();
  });

  it('puts requests for a zone together that come while it is trained; the zone is trained once more', async () => {
    const { batches, train, next } = recorder();
    const queue = new TrainingQueue(train, 2, () => undefined);
    queue.add(job('A', 'daily', '1'));
    await next();
    for (const id of ['2', '3', '3']) queue.add(job('A', 'demand', id));
    expect(['1', '2', '3', '4'].map((id) => queue.isOpen(id))).toEqual([true, true, true, false]);
    await next();
    await next();
    await queue.idle();
    expect(batches).toEqual(['daily: A(1)', 'demand: A(2+3)']);
    expect(queue.isOpen('3')).toBe(false);
  });

  it('a deep training does what the others asked for, and drift never stands in for another', async () => {
    const { batches, train, next } = recorder();
    const queue = new TrainingQueue(train, 2, () => undefined);
    queue.add(job('A', 'daily', '1'));
    queue.add(job('A', 'weekly', '2'));
    queue.add(job('B', 'drift', '3'));
    queue.add(job('B', 'daily', '4'));
    for (let i = 0; i < 4; i += 1) await next();
    await queue.idle();
    expect(batches).toEqual(['daily: B(3+4)', 'weekly: A(1+2)']);
  });

  it('lets others in between deep trainings', async () => {
    const { batches, train, next } = recorder();
    const queue = new TrainingQueue(train, 2, () => undefined);
    for (const zone of ['A', 'B', 'C']) queue.add(job(zone, 'weekly', zone));
    await next();
    queue.add(job('D', 'demand', 'd'));
    for (let i = 0; i < 4; i += 1) await next();
    await queue.idle();
    expect(batches).toEqual(['weekly: A(A) B(B)', 'demand: D(d)', 'weekly: C(C)']);
  });

  it('goes on after a batch that could not run', async () => {
    const { batches, train } = recorder(true);
    const errors: string[] = [];
    const queue = new TrainingQueue(train, 2, (message) => errors.push(message));
    queue.add(job('A', 'demand', '1'));
    queue.add(job('B', 'weekly', '2'));
    await queue.idle();
    expect(batches).toHaveLength(2);
    expect(errors[0]).toBe('training (demand) could not run: no log');
  });

  it('begins nothing after it was closed', async () => {
    const { batches, train, next } = recorder();
    const queue = new TrainingQueue(train, 2, () => undefined);
    queue.add(job('A', 'daily', '1'));
    await next();
    queue.add(job('B', 'daily', '2'));
    const closed = queue.close();
    await next();
    await closed;
    queue.add(job('C', 'daily', '3'));
    await queue.idle();
    expect(batches).toEqual(['daily: A(1)']);
  });
});
