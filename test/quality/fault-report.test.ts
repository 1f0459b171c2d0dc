import { describe, expect, it } from 'vitest';
import { buildProfile } from '../../src/config/zone-profiles.js';
import { DAY_MS, MINUTE_MS } from '../../src/contracts/time.js';
import { FEATURE_COUNT } from '../../src/features/feature-names.js';
import { RowBuffer } from '../../src/features/row-buffer.js';
import { toInputEvent } from '../../src/nowcast/decode-input.js';
import { createZoneStream, ingest } from '../../src/nowcast/step.js';
import type { FaultKind } from '../../src/sources/simulator/fault-kinds.js';
import { planFaults, type RuleScore, scoreRules } from '../../src/sources/simulator/fault-score.js';
import { Simulation } from '../../src/sources/simulator/simulation.js';
import { simulatorZones } from '../../src/sources/simulator/zones.js';

const STEP_MS = 5 * MINUTE_MS;
const ZONES = simulatorZones();

interface Course {
  readonly from: string;
  /** Without faults, for what is usual to be known. */
  readonly calmDays: number;
  readonly days: number;
  readonly everyHours: number;
  readonly kinds?: readonly FaultKind[];
}

/** Simulates a course of faults and lets the stream's own step judge every record of it. */
function runCourse({ from, calmDays, days, everyHours, kinds }: Course): RuleScore[] {
  const fromMs = Date.parse(from);
  const faultsFromMs = fromMs + calmDays * DAY_MS;
  const toMs = faultsFromMs + days * DAY_MS;
  const zones = ZONES.map(({ zone }) => zone);
  const plan = planFaults({
    seed: 3,
    zones,
    fromMs: faultsFromMs,
    toMs: toMs - DAY_MS,
    stepMs: STEP_MS,
    everyHours,
    ...(kinds === undefined ? {} : { kinds }),
  });
  const simulation = new Simulation({ seed: 3, faults: plan });
  const streams = new Map(ZONES.map((config) => [config.zone, createZoneStream(buildProfile(config))]));
  const buffer = new RowBuffer(FEATURE_COUNT, 1);
  const findings = [];
  for (const { topic, value } of simulation.records(fromMs, toMs)) {
    const event = toInputEvent(topic, value);
    const stream = streams.get(event.zone);
    if (stream === undefined) throw new Error(`no stream of ${event.zone}`);
    for (const finding of ingest(stream, event, null, buffer, false).findings)
      if (finding.validTimeMs >= fromMs + STEP_MS) findings.push({ ...finding, zone: event.zone });
  }
  return scoreRules(simulation.faultsBetween(fromMs, toMs), findings, STEP_MS);
}

function expectGood(score: RuleScore | undefined, least: number): void {
  expect(score?.faults, `faults for ${String(score?.rule)}`).toBeGreaterThanOrEqual(least);
  expect(score?.recall, `recall of ${String(score?.rule)}`).toBeGreaterThanOrEqual(0.95);
  expect(score?.precision, `precision of ${String(score?.rule)}`).toBeGreaterThanOrEqual(0.95);
}

describe('rules against faults at known positions', () => {
  it('finds every kind, the clock change among them, and little else', () => {
    const scores = runCourse({ from: '2025-10-26', calmDays: 5, days: 9, everyHours: 2.5 });
    for (const score of scores) {
      if (score.kind === 'distribution') continue;
      expectGood(score, score.kind === 'clock_change' ? 5 : 8);
    }
  });

  it('finds a change of the distribution', () => {
    const scores = runCourse({
      from: '2026-04-20',
      calmDays: 15,
      days: 4,
      everyHours: 60,
      kinds: ['distribution'],
    });
    expectGood(
      scores.find(({ kind }) => kind === 'distribution'),
      5,
    );
  });

  it('finds next to nothing where there is nothing', () => {
    const scores = runCourse({ from: '2026-06-01', calmDays: 10, days: 1, everyHours: 1000, kinds: [] });
    const findings = scores.reduce((sum, score) => sum + score.findings, 0);
    expect(findings).toBeLessThanOrEqual(2);
  });
});
