import { MINUTE_MS } from '../contracts/time.js';
import { messageOf, NowcastError } from '../contracts/errors.js';
import { CalendarDays } from '../features/calendar-days.js';
import { defaultHorizonsMinutes, type ZoneProfile } from '../features/zone-profile.js';
import { DEFAULT_QUALITY, type QualitySettings } from '../quality/settings.js';
import { zoneQuality } from './quality-settings.js';
import type { ZoneConfig } from './types.js';

/** What to assume of a zone that the configuration does not know. */
export interface UnknownZoneDefaults {
  readonly timeZone: string;
  readonly holidays: string;
}

/** Of the default horizons, see `defaultHorizonsMinutes`. */
const LONGEST_DEFAULT_HORIZON_MINUTES = 1440;

/** Knows the profile of every configured zone and makes one for any other from its step. */
export class ZoneProfiles {
  private readonly configured: ReadonlyMap<string, ZoneConfig>;
  private readonly described: ReadonlyMap<string, ZoneConfig>;
  private readonly made = new Map<string, ZoneProfile>();

  constructor(
    zones: readonly ZoneConfig[],
    private readonly unknown: UnknownZoneDefaults = { timeZone: 'UTC', holidays: '' },
    /** Zones that are described but not expected, such as the simulator's: known once their data comes. */
    described: readonly ZoneConfig[] = [],
    private readonly quality: QualitySettings = DEFAULT_QUALITY,
  ) {
    this.configured = new Map(zones.map((zone) => [zone.zone, zone]));
    this.described = new Map([...described, ...zones].map((zone) => [zone.zone, zone]));
  }

  /** Configured zones first, then those met in the data. */
  get zones(): readonly string[] {
    return [...new Set([...this.configured.keys(), ...this.made.keys()])];
  }

  /** Of every zone that is described, and of any other. */
  get longestHorizonMinutes(): number {
    const configured = [...this.described.values()].flatMap(({ horizonsMinutes = [] }) => horizonsMinutes);
    return Math.max(LONGEST_DEFAULT_HORIZON_MINUTES, ...configured);
  }

  nameOf(zone: string): string {
    return this.described.get(zone)?.name ?? zone;
  }

  /** IANA time zone of a zone, known or not. */
  timeZoneOf(zone: string): string {
    return (this.described.get(zone) ?? this.unknown).timeZone ?? 'UTC';
  }

  /** The step that the configuration states for a zone, or null. */
  configuredStepMinutes(zone: string): number | null {
    return this.described.get(zone)?.stepMinutes ?? null;
  }

  /** The profile for a zone whose records have this step; the records' step wins over the configuration's. */
  profile(zone: string, stepMinutes?: number): ZoneProfile {
    const known = this.made.get(zone);
    if (known !== undefined && (stepMinutes === undefined || known.stepMs === stepMinutes * MINUTE_MS))
      return known;
    const config = this.described.get(zone) ?? { zone, ...this.unknown };
    const profile = buildProfile(config, stepMinutes, this.quality);
    this.made.set(zone, profile);
    return profile;
  }
}

/**
 * @param stepMinutes the step seen in the data; the configuration's, or 60, where none was seen
 * @param quality what the quality rules allow in all zones; the zone's own stands above it
 * @throws NowcastError CONFIG_INVALID when the time zone is not an IANA name or a horizon is not a multiple of the step
 */
export function buildProfile(
  config: ZoneConfig,
  stepMinutes?: number,
  quality: QualitySettings = DEFAULT_QUALITY,
): ZoneProfile {
  const step = stepMinutes ?? config.stepMinutes ?? 60;
  const timeZone = config.timeZone ?? 'UTC';
  requireTimeZone(timeZone);
  const horizonsMinutes = [...(config.horizonsMinutes ?? defaultHorizonsMinutes(step))].sort((a, b) => a - b);
  const misfit = horizonsMinutes.find((horizon) => horizon % step !== 0);
  if (misfit !== undefined) {
    throw new NowcastError(
      'CONFIG_INVALID',
      `zone ${config.zone}: horizon ${misfit} min is not a multiple of its step of ${step} min`,
    );
  }
  return {
    zone: config.zone,
    stepMs: step * MINUTE_MS,
    timeZone,
    holidays: config.holidays ?? '',
    horizonsMinutes,
    limits: {
      minMw: config.limits?.minMw ?? 0,
      maxMw: config.limits?.maxMw ?? Number.POSITIVE_INFINITY,
      maxRampMwPerHour: config.limits?.maxRampMwPerHour ?? Number.POSITIVE_INFINITY,
    },
    lateAfterMs: (config.lateAfterMinutes ?? Math.max(15, 3 * step)) * MINUTE_MS,
    quality: zoneQuality(quality, config.quality),
  };
}

/** @throws NowcastError CONFIG_INVALID unless it is an IANA time zone name */
export function requireTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (error) {
    throw new NowcastError(
      'CONFIG_INVALID',
      `${JSON.stringify(timeZone)} is not a time zone; use an IANA name such as America/Los_Angeles`,
      { cause: error },
    );
  }
}

/** @throws NowcastError CONFIG_INVALID unless the holidays of this country or country-region are known; empty is none */
export function requireHolidays(region: string): void {
  new CalendarDays(region);
}

/**
 * Finds what is wrong with a configured zone when the configuration is read, not when its first record comes.
 * @throws NowcastError CONFIG_INVALID naming the zone
 */
export function requireZone(zone: ZoneConfig): void {
  try {
    buildProfile(zone);
    requireHolidays(zone.holidays ?? '');
  } catch (error) {
    const named = messageOf(error).startsWith('zone ') ? '' : `zone ${zone.zone}: `;
    throw new NowcastError('CONFIG_INVALID', `${named}${messageOf(error)}`, { cause: error });
  }
}
