import type { ZoneConfig } from '../../config/types.js';

/** One place whose weather stands for a share of a zone's people. */
export interface ClimatePoint {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly weight: number;
  /** Mean of the year, degrees Celsius. */
  readonly meanC: number;
  /** Half the difference between July and January. */
  readonly seasonalC: number;
  /** Half the difference between afternoon and dawn under a clear sky. */
  readonly diurnalC: number;
}

/** A simulated zone: shaped after an area of CAISO, and no copy of it. */
export interface SimulatedZone {
  readonly zone: string;
  readonly name: string;
  /** Demand on a mild workday without solar, mean of the day, megawatts. */
  readonly baseMw: number;
  /** Share of the base that follows people's day; the rest is constant. */
  readonly activityShare: number;
  /** Share of the base per degree below / above comfort. */
  readonly heatingPerC: number;
  readonly coolingPerC: number;
  /** Behind-the-meter solar, megawatts at 1000 W/m2. */
  readonly solarMw: number;
  /** Standard deviation of the slow (hours) and of the fast (one step) noise, share of the base. */
  readonly slowNoise: number;
  readonly fastNoise: number;
  readonly points: readonly ClimatePoint[];
}

export const SIMULATED_TIME_ZONE = 'America/Los_Angeles';
export const SIMULATED_HOLIDAYS = 'US-CA';
export const SIMULATED_STEP_MINUTES = 5;

const big = { activityShare: 0.5, slowNoise: 0.0042, fastNoise: 0.0002 };

export const SIMULATED_ZONES: readonly SimulatedZone[] = [
  {
    ...big,
    zone: 'SIM-NORTH',
    name: 'Simulated North',
    baseMw: 11_300,
    heatingPerC: 0.008,
    coolingPerC: 0.024,
    solarMw: 4_300,
    points: [
      {
        name: 'bay',
        latitude: 37.8,
        longitude: -122.4,
        weight: 0.4,
        meanC: 14.5,
        seasonalC: 3.5,
        diurnalC: 3.5,
      },
      {
        name: 'valley',
        latitude: 37.3,
        longitude: -121.9,
        weight: 0.28,
        meanC: 16.2,
        seasonalC: 5.5,
        diurnalC: 6,
      },
      {
        name: 'inland',
        latitude: 37.6,
        longitude: -120.6,
        weight: 0.32,
        meanC: 17.9,
        seasonalC: 9,
        diurnalC: 8,
      },
    ],
  },
  {
    ...big,
    zone: 'SIM-SOUTH',
    name: 'Simulated South',
    baseMw: 11_600,
    heatingPerC: 0.005,
    coolingPerC: 0.034,
    solarMw: 3_900,
    points: [
      {
        name: 'basin',
        latitude: 34.0,
        longitude: -118.2,
        weight: 0.6,
        meanC: 18.6,
        seasonalC: 4.2,
        diurnalC: 5,
      },
      {
        name: 'inland',
        latitude: 34.0,
        longitude: -117.3,
        weight: 0.4,
        meanC: 19.4,
        seasonalC: 7,
        diurnalC: 8.5,
      },
    ],
  },
  {
    ...big,
    zone: 'SIM-COAST',
    name: 'Simulated Coast',
    baseMw: 2_350,
    heatingPerC: 0.006,
    coolingPerC: 0.036,
    solarMw: 1_150,
    slowNoise: 0.006,
    fastNoise: 0.0005,
    points: [
      {
        name: 'shore',
        latitude: 32.7,
        longitude: -117.2,
        weight: 0.65,
        meanC: 17.8,
        seasonalC: 3.6,
        diurnalC: 3.5,
      },
      {
        name: 'foothills',
        latitude: 33.0,
        longitude: -116.9,
        weight: 0.35,
        meanC: 18.1,
        seasonalC: 5.8,
        diurnalC: 8,
      },
    ],
  },
  {
    zone: 'SIM-DESERT',
    name: 'Simulated Desert',
    baseMw: 78,
    activityShare: 0.4,
    heatingPerC: 0.015,
    coolingPerC: 0.03,
    solarMw: 12,
    slowNoise: 0.03,
    fastNoise: 0.004,
    points: [
      {
        name: 'desert',
        latitude: 36.2,
        longitude: -116,
        weight: 1,
        meanC: 17.8,
        seasonalC: 11,
        diurnalC: 8.5,
      },
    ],
  },
  {
    zone: 'SIM-PUMPS',
    name: 'Simulated Pumps',
    baseMw: 165,
    activityShare: 0.12,
    heatingPerC: 0,
    coolingPerC: 0.004,
    solarMw: 0,
    slowNoise: 0.04,
    fastNoise: 0.004,
    points: [
      { name: 'river', latitude: 34.2, longitude: -114.3, weight: 1, meanC: 23, seasonalC: 11, diurnalC: 8 },
    ],
  },
];

/** The simulated zones as the configuration would state them. */
export function simulatorZones(zones: readonly SimulatedZone[] = SIMULATED_ZONES): ZoneConfig[] {
  return zones.map(({ zone, name, baseMw, points }) => ({
    zone,
    name,
    timeZone: SIMULATED_TIME_ZONE,
    holidays: SIMULATED_HOLIDAYS,
    stepMinutes: SIMULATED_STEP_MINUTES,
    limits: { minMw: baseMw * 0.05, maxMw: baseMw * 3.5 },
    lateAfterMinutes: 15,
    weatherPoints: points.map(({ name: place, latitude, longitude, weight }) => ({
      name: place,
      latitude,
      longitude,
      weight,
    })),
  }));
}
