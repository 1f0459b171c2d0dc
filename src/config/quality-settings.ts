import { NowcastError } from '../contracts/errors.js';
import type { ConfigFile } from '../contracts/generated/config.js';
import { DEMAND_RULES } from '../quality/findings.js';
import { DEFAULT_QUALITY, type QualitySettings } from '../quality/settings.js';

type QualitySection = NonNullable<ConfigFile['quality']>;

/** Without these a value could not be put in its place at all. */
const ALWAYS_ON = ['not_finite', 'misaligned', 'future_dated'];

/**
 * What the quality rules allow in all zones, from the configuration file, over the defaults.
 * @throws NowcastError CONFIG_INVALID for a rule to be switched off that there is not, here or in a zone
 */
export function qualitySettings(file: ConfigFile): QualitySettings {
  requireRules('quality', file.quality);
  for (const zone of file.zones ?? []) requireRules(`quality of zone ${zone.zone}`, zone.quality);
  return { ...DEFAULT_QUALITY, ...file.quality };
}

/** A zone's own settings over those of all. */
export function zoneQuality(all: QualitySettings, own: QualitySection | undefined): QualitySettings {
  return { ...all, ...own };
}

function requireRules(name: string, section: QualitySection | undefined): void {
  const known = DEMAND_RULES.filter((rule) => !ALWAYS_ON.includes(rule)) as readonly string[];
  for (const rule of section?.off ?? []) {
    if (known.includes(rule)) continue;
    throw new NowcastError(
      'CONFIG_INVALID',
      `${name}: ${JSON.stringify(rule)} is not a rule that can be switched off; those are ${known.join(', ')}`,
    );
  }
}
