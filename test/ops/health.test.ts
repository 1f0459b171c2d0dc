import { describe, expect, it } from 'vitest';
import { HealthRegistry } from '../../src/ops/health.js';

describe('HealthRegistry', () => {
  it('is not ready until every required check is ok, and says which ones are missing', () => {
    let nowMs = 1000;
    const health = new HealthRegistry(() => nowMs);
    expect(health.readiness().ready).toBe(false);
    expect(health.readiness().checks.map((check) => check.name)).toEqual(['log', 'history', 'stream']);
    health.report('log', { ok: true, detail: 'embedded log open' });
    health.report('history', { ok: true, detail: 'embedded history open' });
    expect(health.readiness().ready).toBe(false);
    nowMs = 4000;
    health.report('stream', { ok: true, detail: 'following' });
    expect(health.readiness()).toEqual({
      ready: true,
      checks: [
        { name: 'log', ok: true, detail: 'embedded log open', sinceMs: 3000 },
        { name: 'history', ok: true, detail: 'embedded history open', sinceMs: 3000 },
        { name: 'stream', ok: true, detail: 'following', sinceMs: 0 },
      ],
    });
  });

  it('keeps the time of the last change of state, not of the last report', () => {
    let nowMs = 0;
    const health = new HealthRegistry(() => nowMs, ['log']);
    health.report('log', { ok: true, detail: 'a' });
    nowMs = 500;
    health.report('log', { ok: true, detail: 'b' });
    expect(health.readiness().checks[0]).toEqual({ name: 'log', ok: true, detail: 'b', sinceMs: 500 });
    health.report('log', { ok: false, detail: 'broker gone' });
    expect(health.readiness()).toMatchObject({ ready: false, checks: [{ sinceMs: 0 }] });
  });

  it('shows checks that are not required without waiting for them', () => {
    const health = new HealthRegistry(() => 0, []);
    health.report('source:caiso', { ok: false, detail: 'unreachable' });
    expect(health.readiness().ready).toBe(true);
    expect(health.readiness().checks).toHaveLength(1);
  });
});
