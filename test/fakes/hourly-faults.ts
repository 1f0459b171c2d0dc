import { HOUR_MS } from '../../src/contracts/time.js';
import type { Fault, FaultKind } from './fake-source.js';

const KINDS: readonly FaultKind[] = [
  '429',
  'html',
  'truncated',
  'error-zip',
  'reset',
  'redirect',
  '503',
  'retry-after',
];

/** An hour of each kind of fault, each after an hour without. */
export function hourlyFaults(startMs: number, kinds: readonly FaultKind[] = KINDS): Fault[] {
  return kinds.map((kind, i) => {
    const fromMs = startMs + (2 * i + 1) * HOUR_MS;
    return { kind, fromMs, toMs: fromMs + HOUR_MS };
  });
}
