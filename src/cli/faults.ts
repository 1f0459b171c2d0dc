import { InvalidArgumentError } from 'commander';
import { FAULT_KINDS, type FaultKind, stepsOf } from '../sources/simulator/fault-kinds.js';
import type { FaultPlan } from '../sources/simulator/faults.js';

/** Share of the intervals that get each fault asked for: a few an hour over five zones. */
const RATE = 0.01;

export const FAULTS_HELP = `inject faults into one interval in a hundred: ${FAULT_KINDS.join(', ')}, or all`;

/** `late,spiked` or `all` as the simulator's plan of faults. */
export function parseFaults(text: string): FaultPlan {
  const kinds = text === 'all' ? [...FAULT_KINDS] : text.split(',').map((kind) => kind.trim());
  return Object.fromEntries(kinds.map(requireKind).map((kind) => [kind, { rate: rateOf(kind) }]));
}

/** A fault that lasts begins the more rarely; one of the clock change has two hours a year and takes them. */
function rateOf(kind: FaultKind): number {
  return kind === 'clock_change' ? 1 : RATE / stepsOf(kind);
}

function requireKind(kind: string): FaultKind {
  const found = FAULT_KINDS.find((known) => known === kind);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`expected all or some of ${FAULT_KINDS.join(', ')}.`);
}
