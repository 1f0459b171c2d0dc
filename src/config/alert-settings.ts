import { type AlertLimits, DEFAULT_ALERT_LIMITS } from '../accuracy/alert-limits.js';
import type { ConfigFile } from '../contracts/generated/config.js';
import type { RuntimeConfig } from './types.js';

/** The alert limits of all zones from the configuration file, over the defaults; the schema has checked the values. */
export function alertSettings(file: ConfigFile['alerts']): AlertLimits {
  return { ...DEFAULT_ALERT_LIMITS, ...file };
}

/** The alert limits of a zone: its own, else those of all. */
export function alertLimitsOf(
  { alerts, zones }: Pick<RuntimeConfig, 'alerts' | 'zones'>,
  zone: string,
): AlertLimits {
  return { ...alerts, ...zones.find((candidate) => candidate.zone === zone)?.alerts };
}
