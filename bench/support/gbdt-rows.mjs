import { ZoneProfiles } from '../../dist/config/zone-profiles.js';
import { FEATURE_COUNT } from '../../dist/features/feature-names.js';
import { buildDataset } from '../../dist/train/dataset.js';
import { BETWEEN, HELD_OUT } from '../../dist/train/time-blocks.js';
import { DAY_MS, FROM_MS, SIMULATED_ZONES, simulatedEvents } from './simulated.mjs';

/**
 * Rows of one simulated zone as the trainer makes them: features of the stream, target the demand's difference from the
 * baseline in units of its RMS, tested on the latest block of time.
 * @returns {{ train: object, test: object }} each `{ matrix, target }`
 */
export function demandRows({ days, rows }) {
  const { zone } = SIMULATED_ZONES[0];
  const profile = new ZoneProfiles(SIMULATED_ZONES).profile(zone);
  const events = simulatedEvents(FROM_MS - days * DAY_MS, FROM_MS, { weather: true }).filter(
    (event) => event.zone === zone,
  );
  const dataset = buildDataset(events, profile, { rowBudget: rows, heldOutRowBudget: 10_000, seed: 1 });
  const isTest = (block) => block === HELD_OUT;
  const train = rowsWhere(dataset, (block) => !isTest(block) && block !== BETWEEN);
  const test = rowsWhere(dataset, isTest);
  const rms = Math.sqrt(train.target.reduce((sum, y) => sum + y * y, 0) / train.target.length) || 1;
  for (const { target } of [train, test]) target.forEach((y, i) => (target[i] = y / rms));
  return { train, test };
}

function rowsWhere({ block, features, actualMw, baselineMw }, keep) {
  const chosen = [...block.keys()].filter((row) => keep(block[row]));
  const data = new Float32Array(chosen.length * FEATURE_COUNT);
  chosen.forEach((row, at) => {
    data.set(features.subarray(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT), at * FEATURE_COUNT);
  });
  return {
    matrix: { rows: chosen.length, width: FEATURE_COUNT, data },
    target: Float32Array.from(chosen, (row) => actualMw[row] - baselineMw[row]),
  };
}
