/**
 * Faults of every kind at known positions in simulated demand and weather: precision and recall of each quality rule, and
 * what the quarantine is worth to the nowcasts. Figures of the rules do not depend on the machine.
 */
import { DEFAULT_QUALITY } from '../dist/quality/settings.js';
import { DEMAND_RULES } from '../dist/quality/findings.js';
import { buildProfile } from '../dist/config/zone-profiles.js';
import { FEATURE_COUNT } from '../dist/features/feature-names.js';
import { RowBuffer } from '../dist/features/row-buffer.js';
import { toInputEvent } from '../dist/nowcast/decode-input.js';
import { createZoneStream, ingest } from '../dist/nowcast/step.js';
import { planFaults, scoreRules } from '../dist/sources/simulator/fault-score.js';
import { Simulation } from '../dist/sources/simulator/simulation.js';
import { simulatorZones } from '../dist/sources/simulator/zones.js';
import { backtest } from '../dist/train/backtest.js';

const DAY_MS = 86_400_000;
const STEP_MS = 300_000;
const ZONES = simulatorZones();
const HORIZONS = [5, 15, 30, 60, 180, 360, 1440];
const ALWAYS_ON = ['not_finite', 'misaligned', 'future_dated'];
const OFF = { ...DEFAULT_QUALITY, off: DEMAND_RULES.filter((rule) => !ALWAYS_ON.includes(rule)) };

const EVERY = { name: 'faults of every kind' };
/** Without values that are off by factors, which outweigh everything else. */
const SUBTLE = {
  name: 'only faults that a value hardly shows',
  kinds: ['spiked', 'slide', 'frozen', 'disagreement', 'late', 'missing', 'revised', 'fahrenheit'],
};

export async function run({ quick }) {
  return [rules(quick), await worth(quick, EVERY), await worth(quick, SUBTLE)];
}

function rules(quick) {
  const seeds = quick ? [1] : [1, 2, 3];
  const courses = [
    { from: '2025-10-18', calmDays: 15, days: quick ? 3 : 30, everyHours: 4 },
    { from: '2026-02-20', calmDays: 15, days: quick ? 2 : 30, everyHours: 30 },
    { from: '2026-03-25', calmDays: 15, days: quick ? 4 : 40, everyHours: 200, kinds: ['distribution'] },
  ];
  const sums = new Map();
  for (const seed of seeds) {
    for (const course of courses) {
      for (const { rule, kind, faults, found, findings, correct } of runCourse(seed, course)) {
        const sum = sums.get(rule) ?? { kind, faults: 0, found: 0, findings: 0, correct: 0 };
        sum.faults += faults;
        sum.found += found;
        sum.findings += findings;
        sum.correct += correct;
        sums.set(rule, sum);
      }
    }
  }
  return {
    caption: 'Rules against faults at known positions, five zones',
    columns: ['rule', 'fault', 'faults', 'found', 'recall', 'findings', 'correct', 'precision'],
    rows: [...sums].map(([rule, { kind, faults, found, findings, correct }]) => [
      rule,
      kind,
      faults,
      found,
      found / Math.max(1, faults),
      findings,
      correct,
      correct / Math.max(1, findings),
    ]),
  };
}

function planned(seed, { from, calmDays, days, everyHours, kinds }) {
  const fromMs = Date.parse(from);
  const faultsFromMs = fromMs + calmDays * DAY_MS;
  const toMs = faultsFromMs + days * DAY_MS;
  const plan = planFaults({
    seed,
    zones: ZONES.map(({ zone }) => zone),
    fromMs: faultsFromMs,
    toMs: toMs - DAY_MS,
    stepMs: STEP_MS,
    everyHours,
    ...(kinds === undefined ? {} : { kinds }),
  });
  return { simulation: new Simulation({ seed, faults: plan }), fromMs, toMs };
}

function runCourse(seed, course) {
  const { simulation, fromMs, toMs } = planned(seed, course);
  const streams = new Map(ZONES.map((config) => [config.zone, createZoneStream(buildProfile(config))]));
  const buffer = new RowBuffer(FEATURE_COUNT, 1);
  const findings = [];
  for (const { topic, value } of simulation.records(fromMs, toMs)) {
    const event = toInputEvent(topic, value);
    for (const finding of ingest(streams.get(event.zone), event, null, buffer, false).findings)
      if (finding.validTimeMs > fromMs) findings.push({ ...finding, zone: event.zone });
  }
  return scoreRules(simulation.faultsBetween(fromMs, toMs), findings, STEP_MS);
}

/** Nowcasts of a model trained and tested on faulty data, scored against the true demand. */
export async function worth(quick, { name, kinds }) {
  const zone = 'SIM-SOUTH';
  const course = { from: '2025-05-01', calmDays: 3, days: quick ? 30 : 60, everyHours: 3, kinds };
  const { simulation, fromMs, toMs } = planned(1, course);
  const testFromMs = toMs - (quick ? 5 : 21) * DAY_MS;
  const truth = new Map();
  for (const { topic, value } of new Simulation({ seed: 1 }).records(fromMs, toMs))
    if (topic === 'demand.observed' && value.zone === zone)
      truth.set(Date.parse(value.validTime), value.demandMw);
  const span = { fromMs, toMs, testFromMs, truth };
  const errors = [
    await errorsOf(zone, new Simulation({ seed: 1 }), DEFAULT_QUALITY, span),
    await errorsOf(zone, simulation, DEFAULT_QUALITY, span),
    await errorsOf(zone, simulation, OFF, span),
  ];
  return {
    caption: `MAPE of ${zone} against true demand, percent, ${name}: one about every three hours in training and test`,
    columns: [
      'horizon, minutes',
      'rows',
      'no faults',
      'faults, quarantine',
      'faults, no quarantine',
      'ratio',
    ],
    rows: HORIZONS.map((minutes) => {
      const [clean, withRules, without] = errors.map((one) => one.get(minutes));
      // Also at origins whose own value is held back. A value that never came makes no origin at all.
      const common = [...withRules.keys()].filter((origin) => clean.has(origin) && without.has(origin));
      const mape = (one) => (100 * common.reduce((sum, at) => sum + one.get(at), 0)) / common.length;
      return [
        minutes,
        common.length,
        mape(clean),
        mape(withRules),
        mape(without),
        mape(without) / mape(withRules),
      ];
    }),
  };
}

/** @returns relative error by origin, by horizon */
async function errorsOf(zone, simulation, quality, { fromMs, toMs, testFromMs, truth }) {
  const config = ZONES.find((one) => one.zone === zone);
  const profile = { ...buildProfile({ ...config, horizonsMinutes: HORIZONS }), quality };
  const events = [...simulation.records(fromMs, toMs)]
    .filter(({ value }) => value.zone === zone)
    .map(({ topic, value }) => toInputEvent(topic, value));
  const errors = new Map(HORIZONS.map((minutes) => [minutes, new Map()]));
  await backtest({
    events,
    profile,
    testFromMs,
    futureWeather: 'none',
    seed: 1,
    fit: { effort: 'first' },
    observer: {
      onForecasts: (origins) => {
        for (const { originMs, mw } of origins) addErrors(errors, originMs, mw, testFromMs, truth);
      },
    },
  });
  return errors;
}

function addErrors(errors, originMs, mw, testFromMs, truth) {
  HORIZONS.forEach((minutes, h) => {
    const targetMs = originMs + minutes * 60_000;
    const actual = truth.get(targetMs);
    if (targetMs >= testFromMs && actual !== undefined)
      errors.get(minutes).set(originMs, Math.abs(mw[h] - actual) / actual);
  });
}
