import { describe, expect, it } from 'vitest';
import { sourceStatus } from '../../src/api/input-status.js';
import { SourceHealth } from '../../src/collect/live/source-health.js';
import { HealthRegistry } from '../../src/ops/health.js';
import { createLogger } from '../../src/ops/logger.js';
import { createMetrics } from '../../src/ops/metrics.js';
import { SourceBoard } from '../../src/ops/source-board.js';
import { SourceError } from '../../src/sources/source-error.js';

const START = Date.parse('2026-07-01T12:00:00Z');
const iso = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

function parts() {
  let nowMs = START;
  const health = new HealthRegistry(() => nowMs, []);
  const board = new SourceBoard();
  const metrics = createMetrics();
  const logger = createLogger({ level: 'silent', pretty: false });
  const sources = new SourceHealth({ health, metrics, logger, board, nowMs: () => nowMs });
  const at = (seconds: number): void => {
    nowMs = START + seconds * 1000;
  };
  return { at, sources, health, board, metrics };
}

const collector = { name: 'x daily', everyMs: 1, round: () => Promise.reject(new Error('not here')) };
const round = { published: 3, revised: 1, unchanged: 0, problems: [] };

describe('what is known of the sources', () => {
  it('requests by outcome, the last failure and its kind, latency of those that were answered', () => {
    const { at, sources, board } = parts();
    for (const [second, outcome, took] of [
      [1, 'ok', 0.2],
      [2, 'timeout', 30],
      [3, 'not_modified', 0.1],
      [4, 'ok', 0.9],
      [5, 'throttled', 0.01],
    ] as const) {
      at(second);
      sources.onRequest('x', outcome, took);
    }
    expect(sourceStatus(board).sources).toEqual([
      {
        source: 'x',
        lastRequestAt: iso(5),
        lastOutcome: 'throttled',
        lastSuccessAt: iso(4),
        lastFailureAt: iso(5),
        lastFailureKind: 'throttled',
        requests: { ok: 2, timeout: 1, not_modified: 1, throttled: 1 },
        latencyMs: { last: 900, median: 200, max: 900 },
      },
    ]);
  });

  it('of a source that never answered: no success and no latency', () => {
    const { sources, board } = parts();
    sources.onRequest('x', 'network', 1);
    expect(sourceStatus(board).sources).toMatchObject([{ lastSuccessAt: null, latencyMs: null }]);
    expect(sourceStatus()).toEqual({ sources: [], collectors: [] });
  });

  it('rounds: failures add up until one is good, and the sentence says since when', async () => {
    const { at, sources, board, health, metrics } = parts();
    sources.onRound(collector, round, START + 60_000);
    const away = new SourceError('network', 'X cannot be reached');
    at(60);
    sources.onFailure(collector, away, START + 120_000);
    at(120);
    sources.onFailure(collector, away, START + 300_000);
    const [state] = sourceStatus(board).collectors;
    expect(state).toMatchObject({
      name: 'x daily',
      ok: false,
      failures: 2,
      lastSuccessAt: iso(0),
      nextAttemptAt: iso(300),
    });
    expect(state?.detail).toBe(
      `X cannot be reached; last answer ${iso(0)}; asked again at ${iso(300)}; what is in the store is served meanwhile`,
    );
    expect(health.readiness()).toMatchObject({
      ready: true,
      checks: [{ name: 'source x daily', ok: false, detail: state?.detail }],
    });
    at(300);
    const problems = [{ where: 'line 7', reason: 'not a number' }];
    sources.onRound(collector, { ...round, problems }, START + 600_000);
    expect(sourceStatus(board).collectors).toEqual([
      {
        name: 'x daily',
        ok: true,
        detail: `answered at ${iso(300)}; 1 rows left out, first line 7: not a number`,
        lastSuccessAt: iso(300),
        failures: 0,
        nextAttemptAt: iso(600),
      },
    ]);
    const text = await metrics.registry.getSingleMetricAsString(
      'nowcast_source_last_success_timestamp_seconds',
    );
    expect(text).toContain(`{source="x daily"} ${(START + 300_000) / 1000}`);
  });
});
