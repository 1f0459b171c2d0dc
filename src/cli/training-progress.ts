import type { TrainingProgress } from '../train/trainer.js';
import { startProgress, type Progress } from './progress.js';

/** One bar for all zones of a training; a new one each time zones are read again. */
export function trainingProgress(): TrainingProgress {
  const fractions = new Map<string, number>();
  let progress: Progress | null = null;
  return (zone, stage, fraction) => {
    if (stage === 'read') {
      fractions.set(zone, 0);
      return;
    }
    progress ??= startProgress(`training ${fractions.size} ${fractions.size === 1 ? 'zone' : 'zones'}`, 100);
    fractions.set(
      zone,
      stage === 'publish' ? 1 : Math.max(fractions.get(zone) ?? 0, Math.min(fraction, 0.99)),
    );
    const done = [...fractions.values()].reduce((sum, value) => sum + value, 0);
    progress.update(Math.round((100 * done) / fractions.size), `${zone}: ${stage}`);
    if (done < fractions.size) return;
    progress.stop();
    progress = null;
    fractions.clear();
  };
}
