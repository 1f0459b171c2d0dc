/** Between an instant and what a clock on the wall of a time zone shows. Pure. */
const MINUTE_MS = 60_000;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  let known = formatters.get(timeZone);
  if (known === undefined) {
    known = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formatters.set(timeZone, known);
  }
  return known;
}

/** `2026-03-08T14:05`, as an input of type datetime-local wants it. */
export function toWallText(timeMs: number, timeZone: string): string {
  return formatter(timeZone).format(timeMs).replace(' ', 'T');
}

/**
 * The instant at which the zone's clock shows the text. Of an hour that comes twice, the first; a time that a clock
 * change leaves out counts as one hour later.
 * @returns epoch ms, or null when the text is no time
 */
export function fromWallText(text: string, timeZone: string): number | null {
  const asUtcMs = Date.parse(`${text.slice(0, 16)}Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) || !Number.isFinite(asUtcMs)) return null;
  const offsetAt = (timeMs: number): number =>
    Date.parse(`${toWallText(timeMs, timeZone)}Z`) - Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
  // The two offsets around the instant; the greater one gives the earlier instant.
  const offsets = [offsetAt(asUtcMs - 86_400_000), offsetAt(asUtcMs + 86_400_000)];
  const candidates = offsets.map((offset) => asUtcMs - offset).sort((a, b) => a - b);
  const wanted = new Date(asUtcMs).toISOString().slice(0, 16);
  const exact = candidates.find((timeMs) => toWallText(timeMs, timeZone) === wanted);
  return exact ?? candidates.at(-1) ?? null;
}
