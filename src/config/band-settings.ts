import { NowcastError } from '../contracts/errors.js';
import type { ConfigFile } from '../contracts/generated/config.js';
import type { RuntimeConfig } from './types.js';

/** What the bands of nowcasts hold beside P10, P50 and P90. */
export interface BandSettings {
  /** Ascending; empty for none. */
  readonly quantiles: readonly number[];
}

/** Every nowcast has these. */
const ALWAYS = [0.1, 0.5, 0.9];

/**
 * The bands of all zones from the configuration file; the schema has checked ranges and lengths.
 * @throws NowcastError CONFIG_INVALID for quantiles out of order, finer than 0.001 or given anyway, here or in a zone
 */
export function bandSettings(file: ConfigFile): BandSettings {
  const quantiles = file.bands?.quantiles ?? [];
  requireQuantiles('bands.quantiles', quantiles);
  for (const { zone, bands } of file.zones ?? [])
    requireQuantiles(`bands.quantiles of zone ${zone}`, bands?.quantiles ?? []);
  return { quantiles };
}

/** The further quantiles of a zone: its own, else those of all. */
export function bandQuantilesOf(
  { bands, zones }: Pick<RuntimeConfig, 'bands' | 'zones'>,
  zone: string,
): readonly number[] {
  return zones.find((candidate) => candidate.zone === zone)?.bands?.quantiles ?? bands.quantiles;
}

function requireQuantiles(name: string, quantiles: readonly number[]): void {
  quantiles.forEach((q, i) => {
    const problem = problemOf(q, quantiles[i - 1]);
    if (problem !== null) throw new NowcastError('CONFIG_INVALID', `${name}: ${problem}`);
  });
}

function problemOf(q: number, before: number | undefined): string | null {
  if (ALWAYS.includes(q))
    return `${String(q)} is in every nowcast already, as ${q === 0.5 ? 'mw' : `p${String(100 * q)}`}; leave it out`;
  // The names of fields in InfluxDB have three digits.
  if (Number(q.toFixed(3)) !== q) return `${String(q)} is finer than 0.001; round it to ${q.toFixed(3)}`;
  if (before !== undefined && q <= before)
    return `${String(q)} follows ${String(before)}; list each once, in rising order`;
  return null;
}
