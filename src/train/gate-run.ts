import { messageOf } from '../contracts/errors.js';
import type { FitResult } from './fit-zone.js';
import { type Gate, judge } from './gate.js';
import type { GateThresholds } from './gate-thresholds.js';
import type { BlockForecast, HeldOutBlock } from './held-out-block.js';
import { twinForecaster } from './twin-forecaster.js';
import type { Champion } from './worker-messages.js';

interface MetChampion {
  readonly champion: { readonly version: string; readonly forecast: BlockForecast } | null;
  readonly notes: readonly string[];
}

/**
 * Lets the twins of challenger and champion forecast the challenger's held-out block, which neither has seen, and judges.
 * A champion that cannot be run is as good as none: the reasons say why.
 */
export async function judgeFit(
  { manifest, twin, block }: FitResult,
  champion: Champion,
  thresholds: GateThresholds,
): Promise<Gate> {
  const challenger = await twinForecaster(manifest, twin.artifact)(block);
  return judge({ block, challenger, ...(await meetChampion(champion, block)), thresholds });
}

async function meetChampion(champion: Champion, block: HeldOutBlock): Promise<MetChampion> {
  if (champion.kind === 'none') return { champion: null, notes: ['first model of the zone'] };
  if (champion.kind === 'unusable') return without(champion.version, champion.why);
  const { manifest, artifact } = champion;
  const { version, twin } = manifest;
  if (twin === undefined) return without(version, 'it has no judge twin');
  try {
    const forecast = await twinForecaster({ ...manifest, twin }, artifact)(block);
    if (forecast.mw.some((mw) => Number.isFinite(mw))) return { champion: { version, forecast }, notes: [] };
    return without(version, 'it has seen every held-out row, or has none of the horizons');
  } catch (error) {
    return without(version, messageOf(error));
  }
}

function without(version: string, why: string): MetChampion {
  return { champion: null, notes: [`the champion ${version} could not be compared with: ${why}`] };
}
