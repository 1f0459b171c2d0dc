import { NowcastError } from '../contracts/errors.js';
import type { ConfigFile } from '../contracts/generated/config.js';
import { DEFAULT_GATE_THRESHOLDS, type GateThresholds } from '../train/gate-thresholds.js';
import type { RuntimeConfig } from './types.js';

/**
 * The gate of all zones from the configuration file, over the defaults.
 * @throws NowcastError CONFIG_INVALID when the limits of the coverage, here or of a zone, exclude everything
 */
export function gateSettings(file: ConfigFile): GateThresholds {
  const gate = { ...DEFAULT_GATE_THRESHOLDS, ...file.gate };
  requireRange('gate', gate);
  for (const zone of file.zones ?? []) requireRange(`gate of zone ${zone.zone}`, { ...gate, ...zone.gate });
  return gate;
}

/** What a new model of a zone must keep: the zone's own limits, else those of all. */
export function gateOf({ gate, zones }: Pick<RuntimeConfig, 'gate' | 'zones'>, zone: string): GateThresholds {
  return { ...gate, ...zones.find((candidate) => candidate.zone === zone)?.gate };
}

function requireRange(name: string, { coverageMinPercent, coverageMaxPercent }: GateThresholds): void {
  if (coverageMinPercent < coverageMaxPercent) return;
  throw new NowcastError(
    'CONFIG_INVALID',
    `${name}: coverageMinPercent (${String(coverageMinPercent)}) must be below coverageMaxPercent (${String(coverageMaxPercent)})`,
  );
}
