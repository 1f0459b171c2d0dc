import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { TrainingProgress } from '../train/trainer.js';
import { startProgress, type Progress } from './progress.js';

/**
 * Shows the trainings of a call: on a terminal a bar a zone, otherwise a line at every tenth of all zones together. On
 * standard error.
 */
export function trainingProgress(): TrainingProgress {
  return process.stderr.isTTY ? bars() : lines();
}

/** Zones that are trained together, and how far each is. */
class Together {
  private readonly fractions = new Map<string, number>();

  /** @returns how far the zone is now, 0 to 1; it never goes back */
  note(zone: string, stage: string, fraction: number): number {
    const known = this.fractions.get(zone) ?? 0;
    const now = stage === 'publish' ? 1 : Math.max(known, Math.min(fraction, 0.99));
    this.fractions.set(zone, now);
    return now;
  }

  get zones(): number {
    return this.fractions.size;
  }

  get done(): number {
    return [...this.fractions.values()].reduce((sum, value) => sum + value, 0);
  }
}

function lines(): TrainingProgress {
  let together = new Together();
  let progress: Progress | null = null;
  return (zone, stage, fraction) => {
    together.note(zone, stage, fraction);
    if (stage === 'queue' || stage === 'read') return;
    progress ??= startProgress(`training ${together.zones} ${together.zones === 1 ? 'zone' : 'zones'}`, 100);
    progress.update(Math.round((100 * together.done) / together.zones), `${zone}: ${stage}`);
    if (together.done < together.zones) return;
    progress.stop();
    progress = null;
    together = new Together();
  };
}

function bars(): TrainingProgress {
  let together = new Together();
  let multi: MultiBar | null = null;
  const byZone = new Map<string, SingleBar>();
  return (zone, stage, fraction) => {
    multi ??= new MultiBar(
      {
        format: '{zone} [{bar}] {percentage}% {stage}',
        stream: process.stderr,
        hideCursor: true,
        clearOnComplete: false,
      },
      Presets.shades_classic,
    );
    const bar = byZone.get(zone) ?? multi.create(100, 0, { zone: zone.padEnd(12), stage });
    byZone.set(zone, bar);
    bar.update(Math.round(100 * together.note(zone, stage, fraction)), { stage });
    if (together.done < together.zones) return;
    multi.stop();
    multi = null;
    byZone.clear();
    together = new Together();
  };
}
