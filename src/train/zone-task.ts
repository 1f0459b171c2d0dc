import { NowcastError } from '../contracts/errors.js';
import type { ModelRecord, TrainingRun } from '../contracts/records.js';
import { trustedKeysFromPem } from '../model/signature.js';
import { championOf } from './champion.js';
import { DEFAULT_GATE_THRESHOLDS } from './gate-thresholds.js';
import type { Effort } from './plan.js';
import { seedFor } from './random.js';
import { recipeFrom } from './recipe.js';
import type { TaskInputs } from './task-inputs.js';
import type { TrainZonesOptions } from './training-options.js';
import type { TrainTask } from './worker-messages.js';

/**
 * What a thread needs to train the zone of a run.
 * @throws NowcastError TRAINING_DATA_SHORT when the zone has no demand
 */
export function taskOf(
  { zone, id: runId }: TrainingRun,
  { zones, donors }: TaskInputs,
  serving: ReadonlyMap<string, ModelRecord>,
  options: TrainZonesOptions,
): TrainTask {
  const inputs = zones.get(zone);
  const lent = donors.get(zone);
  if (inputs === undefined || inputs.stepMinutes === null) {
    throw new NowcastError(
      'TRAINING_DATA_SHORT',
      `zone ${zone} has no demand in the log up to then; collect or import some first`,
      { context: { zone } },
    );
  }
  const { workFraction, rowBudget, heldOutRowBudget, createdAtMs, deep } = options;
  const profile = options.profiles.profile(zone, inputs.stepMinutes);
  const trusted = options.trusted ?? trustedKeysFromPem([options.signer.publicKeyPem]);
  return {
    columns: inputs.columns,
    ...(lent === undefined ? {} : { donors: lent }),
    profile,
    runId,
    champion: championOf(serving.get(zone), profile, trusted),
    gate: options.gate?.(zone) ?? DEFAULT_GATE_THRESHOLDS,
    fit: {
      seed: seedFor(options.seed, zone),
      effort: effortOf(options),
      ...(workFraction === undefined ? {} : { workFraction }),
      ...(rowBudget === undefined ? {} : { rowBudget }),
      ...(heldOutRowBudget === undefined ? {} : { heldOutRowBudget }),
      ...(createdAtMs === undefined ? {} : { createdAtMs }),
    },
    ...(deep === undefined ? {} : { deep }),
    ...recipeOf(options, serving.get(zone)),
  };
}

/** How hard the zones of a training are trained. */
export function effortOf({ kind, deep }: TrainZonesOptions): Effort {
  if (deep !== undefined) return 'deep';
  return kind === 'initial' ? 'first' : 'daily';
}

/** A zone keeps the parameters that a deep training chose for the model that serves it. */
function recipeOf(
  { gbdt }: TrainZonesOptions,
  champion: ModelRecord | undefined,
): Pick<TrainTask, 'recipe' | 'chosen'> {
  if (gbdt !== undefined) return { recipe: { gbdt } };
  const chosen = champion?.manifest.recipe;
  return chosen === undefined ? {} : { recipe: recipeFrom(chosen.parameters), chosen };
}
