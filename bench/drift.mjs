/**
 * How soon drift is found, and how often where there is none: errors that follow an autoregression with a daily cycle,
 * scored as the stream scores them, before and after their size doubles or a bias of one standard deviation appears.
 *   npm run bench -- --only drift
 */
import { DEFAULT_ALERT_LIMITS } from '../dist/accuracy/alert-limits.js';
import { ZoneAlerts } from '../dist/accuracy/alerts.js';
import { ZoneAccuracy } from '../dist/accuracy/zone-accuracy.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LEVEL_MW = 1000;
const SIGMA_MW = 10;
/** In service before anything changes, and after. */
const BEFORE_DAYS = 60;
const AFTER_DAYS = 60;
const SCENARIOS = [
  { stepMinutes: 5, correlationHours: 0.15 },
  { stepMinutes: 5, correlationHours: 1 },
  { stepMinutes: 60, correlationHours: 1 },
  { stepMinutes: 5, correlationHours: 10 },
  { stepMinutes: 60, correlationHours: 10 },
];
const CHANGES = {
  none: (error) => error,
  doubled: (error) => 2 * error,
  biased: (error) => error + SIGMA_MW,
};

export async function run({ quick }) {
  const zoneYears = quick ? 1 : 60;
  const zones = quick ? 3 : 60;
  const rows = SCENARIOS.map((scenario) => {
    process.stderr.write(`drift: ${nameOf(scenario)}\n`);
    return [
      nameOf(scenario),
      falseAlarms(scenario, zoneYears) / zoneYears,
      told(delays(scenario, CHANGES.doubled, zones)),
      told(delays(scenario, CHANGES.biased, zones)),
    ];
  });
  return [
    {
      caption: `Simulated errors, ${zoneYears} zone-years without a change and ${zones} zones with each change after ${BEFORE_DAYS} days`,
      columns: [
        'errors (correlation time)',
        'false alarms a year',
        'hours until 2x errors, median (p90)',
        'hours until a bias of 1 sigma, median (p90)',
      ],
      rows,
    },
  ];
}

const nameOf = ({ stepMinutes, correlationHours }) => `${stepMinutes} min step, ${correlationHours} h`;

function falseAlarms(scenario, zoneYears) {
  let alarms = 0;
  for (let seed = 1; seed <= zoneYears; seed++)
    alarms += alarmsOf(scenario, seed, 365, Infinity, CHANGES.none).length;
  return alarms;
}

/** Hours from the change to the first alarm after it, of each zone; infinite where there was none. */
function delays(scenario, change, zones) {
  const changeMs = BEFORE_DAYS * DAY_MS;
  return Array.from({ length: zones }, (_, zone) => {
    const alarms = alarmsOf(scenario, 1000 + zone, BEFORE_DAYS + AFTER_DAYS, changeMs, change);
    const first = alarms.find((atMs) => atMs > changeMs);
    return first === undefined ? Infinity : (first - changeMs) / HOUR_MS;
  }).sort((a, b) => a - b);
}

function told(sorted) {
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const text = (hours) => (Number.isFinite(hours) ? hours.toFixed(0) : `not within ${AFTER_DAYS} days`);
  return `${text(at(0.5))} (${text(at(0.9))})`;
}

/** Times at which an alarm is raised. */
function alarmsOf({ stepMinutes, correlationHours }, seed, days, changeMs, change) {
  const stepMs = stepMinutes * MINUTE_MS;
  const horizonsMinutes = [...new Set([stepMinutes, 60, 1440])];
  const zone = new ZoneAccuracy(
    { zone: 'Z', stepMs, horizonsMinutes },
    { accuracy: { horizonsMinutes: null }, limitsOf: () => DEFAULT_ALERT_LIMITS },
  );
  const alerts = new ZoneAlerts('Z', DEFAULT_ALERT_LIMITS);
  const normal = normalNumbers(seed);
  const carried = Math.exp(-stepMs / (correlationHours * HOUR_MS));
  const errors = horizonsMinutes.map(() => normal());
  const raised = [];
  for (let atMs = 0; atMs < days * DAY_MS; atMs += stepMs) {
    const scored = zone.observed(atMs, LEVEL_MW, atMs + stepMs);
    if (scored !== null) {
      for (const { state } of alerts.drift(scored.drift, atMs + stepMs))
        if (state === 'raised') raised.push(atMs);
    }
    const size = SIGMA_MW * (1 + 0.4 * Math.sin((2 * Math.PI * atMs) / DAY_MS));
    const mw = errors.map((before, h) => {
      errors[h] = carried * before + Math.sqrt(1 - carried ** 2) * normal();
      const error = size * errors[h];
      return LEVEL_MW + (atMs < changeMs ? error : change(error));
    });
    zone.issued({
      originMs: atMs,
      modelVersion: 'v',
      horizonsMinutes,
      mw,
      p10: null,
      p90: null,
      ramp24hMw: null,
    });
  }
  return raised;
}

/** Standard normal numbers, the same for a seed (mulberry32, Box-Muller). */
function normalNumbers(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
