import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TrainingRun } from '../../../src/contracts/records.js';
import { newIdentity } from '../../../src/ops/process-identity.js';
import { MAX_ATTEMPTS } from '../../../src/train/runs/run-book.js';
import { RunClaims } from '../../../src/train/runs/run-claims.js';
import { decoded, JsonCodec, MemoryLog } from '../../collect/memory-log.js';
import { aRun } from './a-run.js';

const LEASE_MS = 1000;

describe('the line of a zone', () => {
  let log: MemoryLog;
  let nowMs: number;
  beforeEach(() => {
    log = new MemoryLog();
    nowMs = 0;
  });

  function trainer(identity = newIdentity()): RunClaims {
    return new RunClaims({
      log,
      codec: new JsonCodec(),
      now: () => 1.7e12 + nowMs,
      monotonicMs: () => nowMs,
      leaseMs: LEASE_MS,
      renewEveryMs: 3_600_000,
      identity,
    });
  }

  /** A run that says who trains it. */
  function by(claims: RunClaims, id: string, changes: Partial<TrainingRun> = {}): TrainingRun {
    return aRun(id, { trainer: { ...claims.identity }, ...changes });
  }

  it('lets in who entered first, and the next once that one has finished', async () => {
    const a = trainer();
    const b = trainer();
    const first = by(a, 'a');
    const second = by(b, 'b');
    await Promise.all([a.enter([first]), b.enter([second])]);
    expect([await a.isFirst('a'), await b.isFirst('b')]).toEqual([true, false]);
    await a.update({ ...first, status: 'running' });
    expect(await b.isFirst('b')).toBe(false);
    await a.finish({ ...first, status: 'succeeded', finishedAt: '2025-03-01T10:01:00.000Z' });
    expect(await b.isFirst('b')).toBe(true);
  });

  it('never has two first, however many enter and in whatever order they look', async () => {
    const all = Array.from({ length: 5 }, (_, i) => ({ claims: trainer(), id: `run-${i}` }));
    await Promise.all(all.map(({ claims, id }) => claims.enter([by(claims, id)])));
    for (let round = 0; round < all.length; round += 1) {
      const first: typeof all = [];
      for (const one of [...all].reverse()) if (await one.claims.isFirst(one.id)) first.push(one);
      expect(first).toHaveLength(1);
      const [holder] = first;
      await holder?.claims.finish(by(holder.claims, holder.id, { status: 'failed' }));
    }
  });

  it('has one line for each zone', async () => {
    const a = trainer();
    const b = trainer();
    await a.enter([by(a, 'a')]);
    await b.enter([by(b, 'b', { zone: 'SOUTH' })]);
    expect([await a.isFirst('a'), await b.isFirst('b')]).toEqual([true, true]);
  });

  it('closes a run that is not renewed, and its trainer finds out before it publishes', async () => {
    const slow = trainer();
    const b = trainer();
    await slow.enter([by(slow, 'slow')]);
    await b.enter([by(b, 'b')]);
    nowMs = LEASE_MS / 2;
    expect(await b.isFirst('b')).toBe(false);
    nowMs = LEASE_MS + 1;
    expect(await b.isFirst('b')).toBe(true);
    expect(await slow.wasClosed('slow')).toBe(true);
    expect(decoded(log, 'training.runs').at(-1)).toMatchObject({ id: 'slow', status: 'failed' });
    // A renewal that was on its way does not bring it back.
    await slow.update({ ...by(slow, 'slow'), status: 'running' });
    expect(await slow.isFirst('slow')).toBe(false);
    expect(await b.isFirst('b')).toBe(true);
  });

  it('keeps a run that is renewed, however long it takes', async () => {
    const a = trainer();
    const b = trainer();
    await a.enter([by(a, 'a')]);
    await b.enter([by(b, 'b')]);
    for (let i = 0; i < 5; i += 1) {
      nowMs += LEASE_MS * 0.8;
      await a.update({ ...by(a, 'a'), status: 'running' });
      expect(await b.isFirst('b')).toBe(false);
    }
  });

  it('knows at once that a process of this machine has ended', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    const processId = child.pid ?? 0;
    await once(child, 'exit');
    const dead = trainer({ ...newIdentity(), processId, processStart: '1' });
    const b = trainer();
    await dead.enter([by(dead, 'dead')]);
    await b.enter([by(b, 'b')]);
    expect(await b.isFirst('b')).toBe(true);
    const [closed] = decoded(log, 'training.runs').filter(({ status }) => status === 'failed');
    expect(closed?.error).toMatch(
      /^TRAINING_INTERRUPTED: process \d+ on .+ ended during the training of zone NORTH/,
    );
  });

  it('does not take a process of another machine for dead before its lease is over', async () => {
    const far = trainer({
      ...newIdentity(),
      machine: 'elsewhere',
      processId: 2_000_000_000,
      processStart: '1',
    });
    const b = trainer();
    await far.enter([by(far, 'far')]);
    await b.enter([by(b, 'b')]);
    expect(await b.isFirst('b')).toBe(false);
  });
});

describe('requests', () => {
  it('count as answered once a run finished for them, or was interrupted too often', async () => {
    const log = new MemoryLog();
    const claims = new RunClaims({ log, codec: new JsonCodec(), now: () => 0 });
    const finish = (run: TrainingRun) => claims.finish(run).then(() => claims.book.sync());
    for (let i = 1; i < MAX_ATTEMPTS; i += 1) {
      await finish(
        aRun(`r${i}`, { status: 'failed', error: 'TRAINING_INTERRUPTED: gone', requestIds: ['x'] }),
      );
      expect(claims.book.attempts('x', 'NORTH')).toBe(i);
      expect(claims.book.hasAnswered('x', 'NORTH')).toBe(false);
    }
    await finish(aRun('last', { status: 'failed', error: 'TRAINING_INTERRUPTED: gone', requestIds: ['x'] }));
    expect(claims.book.hasAnswered('x', 'NORTH')).toBe(true);
    expect(claims.book.lastFinishedMs('NORTH')).toBeNull();
    await finish(
      aRun('good', { status: 'succeeded', finishedAt: '2025-03-01T11:00:00.000Z', requestIds: ['y', 'z'] }),
    );
    expect(['y', 'z'].map((id) => claims.book.hasAnswered(id, 'NORTH'))).toEqual([true, true]);
    expect(claims.book.hasAnswered('y', 'SOUTH')).toBe(false);
    expect(claims.book.lastFinishedMs('NORTH')).toBe(Date.parse('2025-03-01T11:00:00Z'));
  });
});
