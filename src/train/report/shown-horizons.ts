/** Horizons that a reader asks for first, minutes. */
const WANTED = [15, 60, 360, 1440];

/** At most four horizons that stand for all: those nearest to 15 min, 1 h, 6 h and 24 h. @param minutes rising */
export function shownHorizons(minutes: readonly number[]): number[] {
  const nearest = WANTED.map((wanted) =>
    minutes.reduce(
      (best, one) => (Math.abs(Math.log(one / wanted)) < Math.abs(Math.log(best / wanted)) ? one : best),
      minutes[0] ?? wanted,
    ),
  );
  return [...new Set(nearest)].sort((a, b) => a - b);
}

/** `45 min`, `6 h`, `1 h 30 min`. */
export function horizonLabel(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${String(rest)} min`;
  return rest === 0 ? `${String(hours)} h` : `${String(hours)} h ${String(rest)} min`;
}
