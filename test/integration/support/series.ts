import { writeFileSync } from 'node:fs';

/**
 * A demand CSV with days, weeks and noise, half-hourly, reproducible; enough for a model to beat the ramp.
 * @returns the number of rows
 */
export function writeDemandCsv(
  file: string,
  zone: string,
  days: number,
  from = Date.UTC(2024, 0, 1),
): number {
  const lines = ['zone,time,mw'];
  let noise = 0;
  let seed = 12345;
  for (let slot = 0; slot < days * 48; slot++) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    noise = 0.9 * noise + 12 * (seed / 2147483648 - 0.5);
    const mw = courseMw(slot) + noise;
    lines.push(`${zone},${new Date(from + slot * 1_800_000).toISOString()},${mw.toFixed(1)}`);
  }
  writeFileSync(file, lines.join('\n') + '\n');
  return lines.length - 1;
}

/** Demand of a half hour without its noise. */
function courseMw(slot: number): number {
  const hour = (slot % 48) / 2;
  const weekend = Math.floor(slot / 48) % 7 >= 5 ? 0.9 : 1;
  const shape = Math.sin(((hour - 7) / 24) * 2 * Math.PI) + 0.4 * Math.sin(((hour - 2) / 12) * 2 * Math.PI);
  return 1000 * weekend + 180 * weekend * shape + 9 * celsiusAt(slot / 2);
}

/**
 * The operator's forecast beside it: each day at 09:10 an hourly curve of the next, a little off, that of the last day included.
 * @returns the number of rows
 */
export function writeOperatorCsv(
  file: string,
  zone: string,
  days: number,
  from = Date.UTC(2024, 0, 1),
): number {
  const lines = ['zone,time,mw,issued_at'];
  for (let hour = 24; hour < (days + 1) * 24; hour++) {
    const mw = (courseMw(2 * hour) + courseMw(2 * hour + 1)) / 2 + 20 * Math.sin(hour / 5);
    const issuedMs = from + (Math.floor(hour / 24) - 1) * 86_400_000 + 9 * 3_600_000 + 600_000;
    const times = [from + hour * 3_600_000, issuedMs].map((ms) => new Date(ms).toISOString());
    lines.push(`${zone},${String(times[0])},${mw.toFixed(1)},${String(times[1])}`);
  }
  writeFileSync(file, lines.join('\n') + '\n');
  return lines.length - 1;
}

/** Days and slow swings that no lag of a day or a week explains. */
function celsiusAt(hour: number): number {
  return (
    12 + 6 * Math.sin(((hour - 9) / 24) * 2 * Math.PI) + 5 * Math.sin(hour / 11) + 3 * Math.sin(hour / 37)
  );
}

/** A weather CSV beside it: hourly temperature, reproducible. */
export function writeWeatherCsv(file: string, zone: string, days: number, from = Date.UTC(2024, 0, 1)): void {
  const lines = ['zone,time,temperature_c'];
  for (let hour = 0; hour < days * 24; hour++) {
    const celsius = celsiusAt(hour);
    lines.push(`${zone},${new Date(from + hour * 3_600_000).toISOString()},${celsius.toFixed(1)}`);
  }
  writeFileSync(file, lines.join('\n') + '\n');
}
