import type { ZoneConfig } from './types.js';

/**
 * The first market: CAISO's transmission access charge (TAC) areas, with weather points weighted by the population
 * they stand for. The areas do not add up to CA ISO-TAC (pumping load and smaller areas), so they are never forced to.
 * Limits are wide on purpose: they catch unit mistakes, not unusual days.
 */
const shared = {
  timeZone: 'America/Los_Angeles',
  holidays: 'US-CA',
  stepMinutes: 60,
  source: { kind: 'caiso-oasis' },
} as const;

const bayAndValley = [
  { name: 'San Francisco', latitude: 37.77, longitude: -122.42, weight: 0.22 },
  { name: 'San Jose', latitude: 37.34, longitude: -121.89, weight: 0.25 },
  { name: 'Oakland', latitude: 37.8, longitude: -122.27, weight: 0.18 },
  { name: 'Sacramento', latitude: 38.58, longitude: -121.49, weight: 0.17 },
  { name: 'Fresno', latitude: 36.74, longitude: -119.79, weight: 0.18 },
];
const southland = [
  { name: 'Los Angeles', latitude: 34.05, longitude: -118.24, weight: 0.45 },
  { name: 'Santa Ana', latitude: 33.75, longitude: -117.87, weight: 0.25 },
  { name: 'Riverside', latitude: 33.95, longitude: -117.4, weight: 0.3 },
];
const sanDiego = [
  { name: 'San Diego', latitude: 32.72, longitude: -117.16, weight: 0.7 },
  { name: 'Escondido', latitude: 33.12, longitude: -117.09, weight: 0.3 },
];
const scaled = (points: typeof sanDiego, share: number) =>
  points.map((point) => ({ ...point, weight: point.weight * share }));

export const CAISO_ZONES: readonly ZoneConfig[] = [
  {
    ...shared,
    zone: 'CA ISO-TAC',
    name: 'California ISO',
    stepMinutes: 5,
    source: { kind: 'caiso-outlook' },
    limits: { minMw: 8_000, maxMw: 70_000, maxRampMwPerHour: 12_000 },
    weatherPoints: [...scaled(bayAndValley, 0.42), ...scaled(southland, 0.48), ...scaled(sanDiego, 0.1)],
  },
  {
    ...shared,
    zone: 'PGE-TAC',
    name: 'Pacific Gas & Electric',
    limits: { minMw: 3_000, maxMw: 30_000 },
    weatherPoints: bayAndValley,
  },
  {
    ...shared,
    zone: 'SCE-TAC',
    name: 'Southern California Edison',
    limits: { minMw: 3_000, maxMw: 35_000 },
    weatherPoints: southland,
  },
  {
    ...shared,
    zone: 'SDGE-TAC',
    name: 'San Diego Gas & Electric',
    limits: { minMw: 200, maxMw: 7_000 },
    // Roof-top solar: the backtest of 2023 gives 2.6 % at one hour (24 h ramp: 3.6 %).
    gate: { mapePercent: 4 },
    alerts: { mapePercent: 4 },
    weatherPoints: sanDiego,
  },
  {
    ...shared,
    zone: 'VEA-TAC',
    name: 'Valley Electric Association',
    limits: { minMw: 1, maxMw: 500 },
    // A small area where single customers show: about 8 % at one hour in 2023.
    gate: { mapePercent: 12 },
    alerts: { mapePercent: 12 },
    weatherPoints: [{ name: 'Pahrump', latitude: 36.21, longitude: -115.98, weight: 1 }],
  },
  {
    ...shared,
    zone: 'MWD-TAC',
    name: 'Metropolitan Water District',
    limits: { minMw: 0, maxMw: 1_000 },
    weatherPoints: [{ name: 'Parker', latitude: 34.15, longitude: -114.29, weight: 1 }],
  },
];
