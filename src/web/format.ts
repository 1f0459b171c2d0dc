/** Numbers, times and ages as people read them. Pure: times come in, the zone's time zone is a parameter. */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MINUS = '\u2212';
const THIN_SPACE = '\u202f';

const wholeMw = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const fineMw = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** `26,431`; one decimal below 100 MW, a dash for what is not known. */
export function formatMw(mw: number | null | undefined): string {
  if (mw === null || mw === undefined || !Number.isFinite(mw)) return '–';
  const text = (Math.abs(mw) < 100 ? fineMw : wholeMw).format(Math.abs(mw));
  return mw < 0 && Number(text.replaceAll(',', '')) !== 0 ? MINUS + text : text;
}

/** `+579`, `−120`, `±0`. */
export function formatDeltaMw(mw: number | null): string {
  if (mw === null || !Number.isFinite(mw)) return '–';
  const text = formatMw(Math.abs(mw));
  if (Number(text.replaceAll(',', '')) === 0) return '±0';
  return (mw > 0 ? '+' : MINUS) + text;
}

/** `1.24 %`; a dash for what is not known. */
export function formatPercent(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return `${value.toFixed(digits).replace('-', MINUS)}${THIN_SPACE}%`;
}

/** `5 min`, `1 h`, `1 h 30`, `24 h`. */
export function formatHorizon(minutes: number): string {
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  const hours = (minutes - rest) / 60;
  return rest === 0 ? `${hours} h` : `${hours} h ${String(rest).padStart(2, '0')}`;
}

/** `12 s`, `4 min`, `2 h 05 min`, `3 d 4 h`; a negative age reads as 0 s. */
export function formatAge(ageMs: number): string {
  const age = Math.max(0, ageMs);
  if (age < MINUTE_MS) return `${Math.floor(age / 1000)} s`;
  if (age < HOUR_MS) return `${Math.floor(age / MINUTE_MS)} min`;
  if (age < DAY_MS) {
    return `${Math.floor(age / HOUR_MS)} h ${String(Math.floor((age % HOUR_MS) / MINUTE_MS)).padStart(2, '0')} min`;
  }
  return `${Math.floor(age / DAY_MS)} d ${Math.floor((age % DAY_MS) / HOUR_MS)} h`;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string, kind: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${kind}|${timeZone}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone, hourCycle: 'h23' });
  formatters.set(key, made);
  return made;
}

/** `17:05`. */
export function formatClock(timeMs: number, timeZone: string): string {
  return formatter(timeZone, 'clock', { hour: '2-digit', minute: '2-digit' }).format(timeMs);
}

/** `17:05:09`. */
export function formatClockSeconds(timeMs: number, timeZone: string): string {
  return formatter(timeZone, 'seconds', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(
    timeMs,
  );
}

/** `Tue 4 Mar`. */
export function formatDay(timeMs: number, timeZone: string): string {
  return formatter(timeZone, 'day', { weekday: 'short', day: 'numeric', month: 'short' })
    .format(timeMs)
    .replace(',', '');
}

/** `Tue 4 Mar 17:05`. */
export function formatDayClock(timeMs: number, timeZone: string): string {
  return `${formatDay(timeMs, timeZone)} ${formatClock(timeMs, timeZone)}`;
}

/** `4 Mar 2025 17:05`. */
export function formatDateClock(timeMs: number, timeZone: string): string {
  const date = formatter(timeZone, 'date', { day: 'numeric', month: 'short', year: 'numeric' }).format(
    timeMs,
  );
  return `${date} ${formatClock(timeMs, timeZone)}`;
}

/** The zone's abbreviation at that instant, for example `PDT` or `UTC`. */
export function timeZoneLabel(timeMs: number, timeZone: string): string {
  // American abbreviations are only known to the American locale.
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'short' }).formatToParts(timeMs);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timeZone;
}

/** True when the runtime knows the IANA name. */
export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone });
    return true;
  } catch {
    return false;
  }
}
