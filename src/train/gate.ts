import type { ModelManifest } from '../contracts/records.js';
import type { Metrics } from './held-out.js';

/**
 * Decides whether a model may serve: on the held-out block its MAPE, averaged over the horizons, must be below that of
 * the ramp baseline it would replace.
 */
export function judge(metrics: Metrics): ModelManifest['gate'] {
  const scored = metrics.filter(({ n }) => n > 0);
  const mean = (of: (row: Metrics[number]) => number): number =>
    scored.reduce((sum, row) => sum + of(row), 0) / Math.max(1, scored.length);
  const model = mean(({ mape }) => mape);
  const baseline = mean(({ baselineMape }) => baselineMape);
  const compared = `mean MAPE ${model.toFixed(3)} % against ${baseline.toFixed(3)} % of the ramp baseline over ${String(scored.length)} horizons`;
  if (scored.length === 0) return { verdict: 'rejected', reasons: ['no held-out row to judge by'] };
  if (!(model < baseline))
    return { verdict: 'rejected', reasons: [`not better than the baseline: ${compared}`] };
  return { verdict: 'promoted', reasons: [compared] };
}
