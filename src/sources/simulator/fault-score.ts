import { HOUR_MS } from '../../contracts/time.js';
import { FAULT_KINDS, type FaultKind, stepsOf } from './fault-kinds.js';
import type { FaultAt, FaultPlan, FaultPosition } from './faults.js';
import { streamSeed, uniformAt } from './hash-noise.js';

/** The quality rule that is there for a kind of fault. */
export const RULE_OF: Readonly<Record<FaultKind, string>> = {
  missing: 'gap',
  clock_change: 'clock_change',
  frozen: 'frozen',
  wrong_resource: 'wrong_resource',
  kilowatts: 'unit',
  slide: 'ramp',
  distribution: 'distribution',
  spiked: 'spike',
  zero: 'non_positive',
  out_of_range: 'range',
  future_dated: 'future_dated',
  misaligned: 'misaligned',
  disagreement: 'disagreement',
  revised: 'revised',
  late: 'late',
  out_of_order: 'out_of_order',
  duplicate: 'duplicate',
  fahrenheit: 'weather_unit',
};

/** Faults whose values are false: a rule that holds one back is right, whatever it takes it for. */
const FALSE_VALUES: readonly FaultKind[] = [
  'frozen',
  'wrong_resource',
  'kilowatts',
  'slide',
  'distribution',
  'spiked',
  'zero',
  'out_of_range',
];
const VALUE_RULES = ['spike', 'ramp', 'range', 'wrong_resource', 'unit', 'frozen'];
/** Faults that leave an interval without a value. */
const BLANKS: readonly FaultKind[] = ['missing', 'clock_change', 'future_dated', 'misaligned'];
/** A change of the distribution is seen in a window of hours. */
const SEEN_WITHIN_MS = HOUR_MS;

/** What a rule said. */
export interface ScoredFinding {
  readonly zone: string;
  readonly rule: string;
  readonly validTimeMs: number;
  readonly intervals?: number;
}

export interface RuleScore {
  readonly rule: string;
  readonly kind: FaultKind;
  /** Faults that were injected; one that lasts counts once. */
  readonly faults: number;
  readonly found: number;
  /** NaN without faults. */
  readonly recall: number;
  readonly findings: number;
  /** Findings about an interval that really has a fault which the rule may find. */
  readonly correct: number;
  /** NaN without findings. */
  readonly precision: number;
}

interface Episode {
  readonly kind: FaultKind;
  readonly zone: string;
  readonly timesMs: Set<number>;
}

/** Precision and recall of each rule: what was injected against what was found. */
export function scoreRules(
  faults: readonly FaultAt[],
  findings: readonly ScoredFinding[],
  stepMs: number,
): RuleScore[] {
  const episodes = new Map<string, Episode>();
  const kindsAt = new Map<string, Set<FaultKind>>();
  for (const { kind, zone, validTimeMs, publishedTimeMs, sinceMs } of faults) {
    const id = `${kind}|${zone}|${sinceMs}`;
    const episode = episodes.get(id) ?? { kind, zone, timesMs: new Set<number>() };
    episodes.set(id, episode);
    for (const timeMs of [validTimeMs, publishedTimeMs ?? validTimeMs]) {
      episode.timesMs.add(timeMs);
      const at = `${zone}|${timeMs}`;
      kindsAt.set(at, (kindsAt.get(at) ?? new Set()).add(kind));
    }
  }
  const said = spread(findings, stepMs);
  return FAULT_KINDS.map((kind) => {
    const rule = RULE_OF[kind];
    const own = [...episodes.values()].filter((episode) => episode.kind === kind);
    const found = own.filter((episode) => isFound(episode, rule, said)).length;
    const mine = findings.filter((finding) => finding.rule === rule);
    const correct = mine.filter((finding) => isCorrect(finding, kindsAt, stepMs)).length;
    return {
      rule,
      kind,
      faults: own.length,
      found,
      recall: found / own.length,
      findings: mine.length,
      correct,
      precision: correct / mine.length,
    };
  });
}

/** The intervals that each rule said something about. */
function spread(findings: readonly ScoredFinding[], stepMs: number): ReadonlySet<string> {
  const said = new Set<string>();
  for (const { zone, rule, validTimeMs, intervals = 1 } of findings) {
    for (let i = 0; i < intervals; i++) said.add(`${rule}|${zone}|${validTimeMs + i * stepMs}`);
  }
  return said;
}

function isFound({ zone, timesMs }: Episode, rule: string, said: ReadonlySet<string>): boolean {
  for (const timeMs of timesMs) if (said.has(`${rule}|${zone}|${timeMs}`)) return true;
  return false;
}

function isCorrect(
  { zone, rule, validTimeMs, intervals = 1 }: ScoredFinding,
  kindsAt: ReadonlyMap<string, ReadonlySet<FaultKind>>,
  stepMs: number,
): boolean {
  const fitting = fittingKinds(rule);
  const slackMs = rule === 'distribution' ? SEEN_WITHIN_MS : 0;
  for (let i = 0; i < intervals; i++) {
    for (let back = 0; back <= slackMs; back += stepMs) {
      const kinds = kindsAt.get(`${zone}|${validTimeMs + i * stepMs - back}`);
      if (kinds !== undefined && fitting.some((kind) => kinds.has(kind))) return true;
    }
  }
  return false;
}

function fittingKinds(rule: string): readonly FaultKind[] {
  if (rule === 'gap') return BLANKS;
  if (VALUE_RULES.includes(rule)) return FALSE_VALUES;
  return FAULT_KINDS.filter((kind) => RULE_OF[kind] === rule);
}

export interface FaultCourse {
  readonly seed: number;
  readonly zones: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** Kinds in turn; by default all that last less than a day. */
  readonly kinds?: readonly FaultKind[];
  /** Hours from one fault of a zone to the next, and up to a third more. */
  readonly everyHours: number;
}

/**
 * Faults at known positions: the kinds take turns in each zone, far enough apart for one not to hide the next. A clock
 * change has its own time, and is in every course that meets one.
 */
export function planFaults(course: FaultCourse): FaultPlan {
  const { seed, zones, fromMs, toMs, stepMs, everyHours } = course;
  const kinds =
    course.kinds ?? FAULT_KINDS.filter((kind) => kind !== 'clock_change' && kind !== 'distribution');
  const positions = new Map<FaultKind, FaultPosition[]>();
  zones.forEach((zone, z) => {
    const jitter = streamSeed(seed, `course/${zone}`);
    let turn = z;
    let endMs = 0;
    for (let atMs = fromMs, i = 0; kinds.length > 0 && atMs + endMs < toMs; i++, turn++) {
      const kind = kinds[turn % kinds.length] as FaultKind;
      // Weather is hourly: its faults begin with an hour.
      const startMs = kind === 'fahrenheit' ? Math.ceil(atMs / HOUR_MS) * HOUR_MS : atMs;
      positions.set(kind, [...(positions.get(kind) ?? []), { zone, validTimeMs: startMs }]);
      endMs = stepsOf(kind) * stepMs;
      const pauseMs = everyHours * HOUR_MS * (1 + uniformAt(jitter, i) / 3);
      atMs += Math.ceil((endMs + pauseMs) / stepMs) * stepMs;
    }
  });
  return {
    ...Object.fromEntries([...positions].map(([kind, at]) => [kind, { at }])),
    clock_change: { rate: 1 },
  };
}
