/** Valid records for tests and measurements. */
import type { DemandObservation, Nowcast } from '../../src/contracts/records.js';

export const DEMAND: DemandObservation = {
  zone: 'CA ISO-TAC',
  kind: 'actual',
  validTime: '2019-07-01T12:05:00.000Z',
  stepMinutes: 5,
  demandMw: 31_415.9,
  availableAt: '2019-07-01T12:11:30.000Z',
  source: 'csv:Zürich.csv',
  revision: 0,
};

/** A nowcast with this many steps of 5 minutes. */
export function nowcastOf(stepCount: number): Nowcast {
  const origin = Date.parse('2019-07-01T12:00:00Z');
  const stepAt = (at: number): Nowcast['steps'][number] => ({
    target: new Date(origin + (at + 1) * 300_000).toISOString(),
    horizonMinutes: (at + 1) * 5,
    mw: 30_000 + at * 1.25,
    p10: 29_000 + at,
    p90: at % 2 === 0 ? null : 31_000 + at,
  });
  const later = Array.from({ length: stepCount - 1 }, (_, at) => stepAt(at + 1));
  return {
    zone: 'CA ISO-TAC',
    origin: new Date(origin).toISOString(),
    issuedAt: '2019-07-01T12:06:30.000Z',
    modelVersion: 'gbdt-2019-06-30',
    revision: 0,
    quality: 'degraded',
    reasons: ['weather_stale'],
    latestDemandMw: 30_000,
    inputs: { demandAgeMs: 90_000, weatherAgeMs: null },
    steps: [stepAt(0), ...later],
  };
}
