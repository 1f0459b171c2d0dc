import type { World } from './naive-features.js';

/** The operator part of the plain feature row, straight from its definition. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type OperatorValues = ReadonlyMap<string, World['operator'][number]>;
const operatorValues = new WeakMap<World['operator'], OperatorValues>();

/** The latest value that the operator forecast of each product and target. */
function latestOf({ operator }: World): OperatorValues {
  const known =
    operatorValues.get(operator) ??
    new Map(
      operator
        .filter(({ t, stepMs, known: at }) => at < t + stepMs)
        .map((one) => [`${one.product} ${String(one.t)}`, one]),
    );
  operatorValues.set(operator, known);
  return known;
}

export function naiveOperator(
  world: World,
  origin: number,
  target: number,
  asOf: number,
  y: (t: number) => number,
  { baseline_ramp: baseline = Number.NaN }: Record<string, number>,
): Record<string, number> {
  const values = latestOf(world);
  const valueAt = (product: string, t: number): { mw: number; known: number } | undefined =>
    values.get(`${product} ${String(t)}`);
  const forecast = (product: string, stepMs: number, t: number): { mw: number; known: number } => {
    const parts: [number, number][] = [];
    if (stepMs < world.stepMs)
      for (let at = t; at < t + world.stepMs; at += stepMs) parts.push([at, stepMs / world.stepMs]);
    else {
      const position = t + world.stepMs / 2 - stepMs / 2;
      const before = Math.floor(position / stepMs) * stepMs;
      const share = (position - before) / stepMs;
      parts.push([before, 1 - share]);
      if (share > 0) parts.push([before + stepMs, share]);
    }
    const found = parts.map(([at]) => valueAt(product, at));
    return {
      mw: parts.reduce((sum, [, weight], i) => sum + weight * (found[i]?.mw ?? Number.NaN), 0),
      known: Math.max(...found.map((value) => value?.known ?? Number.NaN)),
    };
  };
  const products = new Map(world.operator.map(({ product, stepMs }) => [product, stepMs]));
  let best: { ramp: number; error: number; mean: number; known: number } | undefined;
  for (const [product, stepMs] of [...products].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [now, then] = [forecast(product, stepMs, origin), forecast(product, stepMs, target)];
    if (Number.isNaN(now.mw + then.mw) || then.known <= (best?.known ?? 0)) continue;
    const errors = Array.from({ length: 24 }, (_, i) => origin - i * HOUR)
      .map((t) => y(t) - forecast(product, stepMs, t).mw)
      .filter((error) => !Number.isNaN(error));
    const meanError =
      errors.length < 12 ? Number.NaN : errors.reduce((sum, error) => sum + error, 0) / errors.length;
    best = { ramp: then.mw - now.mw, error: y(origin) - now.mw, mean: meanError, known: then.known };
  }
  const { ramp, error, mean: meanError, known } = best ?? { ramp: NaN, error: NaN, mean: NaN, known: NaN };
  return {
    operator_ramp: ramp,
    operator_ramp_difference: ramp - baseline,
    operator_error: error,
    operator_error_mean_24h: meanError,
    operator_level_difference: ramp - baseline - error + meanError,
    operator_age_minutes: (asOf - known) / MINUTE,
  };
}
