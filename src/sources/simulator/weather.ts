import { DAY_MS, HOUR_MS } from '../../contracts/time.js';
import type { WeatherValues } from '../../features/input-event.js';
import { ArNoise } from './ar-noise.js';
import { BlockCache } from './block-cache.js';
import { streamSeed } from './hash-noise.js';
import { clearSkyWm2, cloudTransmission, seasonAngle, sineElevation, solarHour } from './solar.js';
import type { ClimatePoint, SimulatedZone } from './zones.js';

/** Weather systems last days: correlation of values six hours apart. */
const SYNOPTIC_PERSISTENCE = 0.92;
const SYNOPTIC_STEP_HOURS = 6;
/** Share of the synoptic noise that all zones have in common. */
const SHARED = 0.8;
const OWN = Math.sqrt(1 - SHARED * SHARED);
const SYNOPTIC_C = 3.2;
/** The warmest and the coldest of the year come some 30 days after the solstices. */
const SEASON_LAG = (2 * Math.PI * 30) / 365;
const WARMEST_SOLAR_HOUR = 15.5;

/** The weather that really happens in one simulated zone. Pure in the seed and the time. */
export class SimulatedWeather {
  private readonly front: ArNoise;
  private readonly ownFront: ArNoise;
  private readonly haze: ArNoise;
  private readonly ownHaze: ArNoise;
  private readonly gusts: ArNoise;
  private readonly days: BlockCache<readonly WeatherValues[]>;

  constructor(
    seed: number,
    private readonly zone: SimulatedZone,
  ) {
    const synoptic = (name: string): ArNoise => new ArNoise(streamSeed(seed, name), SYNOPTIC_PERSISTENCE, 16);
    this.front = synoptic('front');
    this.ownFront = synoptic(`front/${zone.zone}`);
    this.haze = synoptic('haze');
    this.ownHaze = synoptic(`haze/${zone.zone}`);
    this.gusts = new ArNoise(streamSeed(seed, `gusts/${zone.zone}`), 0.85, 24);
    this.days = new BlockCache((day) =>
      Array.from({ length: 24 }, (_, hour) => this.compute(day * DAY_MS + hour * HOUR_MS)),
    );
  }

  /** @param hour hours since the epoch */
  atHour(hour: number): WeatherValues {
    const day = Math.floor(hour / 24);
    return this.days.get(day)[hour - day * 24] as WeatherValues;
  }

  /** Cloud cover 0 .. 1, linear between hours. */
  cloudAt(epochMs: number): number {
    return this.linear(epochMs, (values) => values.cloudPct) / 100;
  }

  temperatureAt(epochMs: number): number {
    return this.linear(epochMs, (values) => values.temperatureC);
  }

  /** Irradiance under a given cloud cover, weighted over the zone's points, W/m2. */
  shortwaveWm2(epochMs: number, cloud: number): number {
    let clear = 0;
    for (const point of this.zone.points) {
      clear += point.weight * clearSkyWm2(sineElevation(epochMs, point.latitude, point.longitude));
    }
    return clear * cloudTransmission(cloud);
  }

  private linear(epochMs: number, pick: (values: WeatherValues) => number): number {
    const hour = Math.floor(epochMs / HOUR_MS);
    const share = epochMs / HOUR_MS - hour;
    const before = pick(this.atHour(hour));
    return share === 0 ? before : before * (1 - share) + pick(this.atHour(hour + 1)) * share;
  }

  private compute(epochMs: number): WeatherValues {
    const index = epochMs / HOUR_MS / SYNOPTIC_STEP_HOURS;
    const front = SHARED * this.front.between(index) + OWN * this.ownFront.between(index);
    const haze = SHARED * this.haze.between(index) + OWN * this.ownHaze.between(index);
    const gust = this.gusts.at(epochMs / HOUR_MS);
    const cloud = cloudCover(epochMs, haze - 0.35 * front);
    let temperatureC = SYNOPTIC_C * front;
    for (const point of this.zone.points) temperatureC += point.weight * climateC(point, epochMs, cloud);
    const afternoon = Math.max(0, Math.cos(((solarHour(epochMs, -119) - 16) / 24) * 2 * Math.PI));
    return {
      temperatureC,
      shortwaveWm2: this.shortwaveWm2(epochMs, cloud),
      cloudPct: 100 * cloud,
      humidityPct: Math.min(100, Math.max(8, 62 - 1.9 * (temperatureC - 16) + 18 * cloud + 4 * haze)),
      windMs: Math.max(0, 2.6 + 1.8 * afternoon + 1.1 * gust - 0.4 * front),
    };
  }
}

/** Logistic in the noise; winters are cloudier than summers. */
function cloudCover(epochMs: number, noise: number): number {
  return 1 / (1 + Math.exp(1.1 + 0.7 * Math.cos(seasonAngle(epochMs)) - 1.6 * noise));
}

function climateC(point: ClimatePoint, epochMs: number, cloud: number): number {
  const season = point.seasonalC * Math.cos(seasonAngle(epochMs) - SEASON_LAG);
  const hour = ((solarHour(epochMs, point.longitude) - WARMEST_SOLAR_HOUR) / 24) * 2 * Math.PI;
  // The second harmonic makes mornings warm faster than evenings cool.
  const diurnal = 0.9 * Math.cos(hour) + 0.18 * Math.cos(2 * hour + 0.6);
  return point.meanC + season + point.diurnalC * (1 - 0.55 * cloud) * diurnal;
}
