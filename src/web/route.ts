/** What the page's address says: which view, of which zone, at which moment. Pure. */
export const VIEWS = ['system', 'zone', 'accuracy', 'models', 'health'] as const;
export type View = (typeof VIEWS)[number];

export interface Route {
  readonly view: View;
  readonly zone: string | null;
  /** A moment of the past that the zone view shows; null: live. Epoch ms. */
  readonly atMs: number | null;
  /** Horizon whose past predictions are shown; null: the reader's usual one. */
  readonly horizonMinutes: number | null;
}

const LONGEST_HORIZON_MINUTES = 7 * 24 * 60;

function timeOf(text: string | null): number | null {
  // Without an offset a time means something else in each browser.
  if (text === null || !/(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const timeMs = Date.parse(text);
  return Number.isFinite(timeMs) ? timeMs : null;
}

function horizonOf(text: string | null): number | null {
  const minutes = Number(text ?? NaN);
  return Number.isInteger(minutes) && minutes > 0 && minutes <= LONGEST_HORIZON_MINUTES ? minutes : null;
}

/** Reads the query of an address; what it does not understand counts as absent. */
export function parseRoute(search: string): Route {
  const query = new URLSearchParams(search);
  const zone = query.get('zone') || null;
  const view = VIEWS.find((one) => one === query.get('view')) ?? (zone === null ? 'system' : 'zone');
  return {
    view,
    zone,
    atMs: view === 'zone' ? timeOf(query.get('at')) : null,
    horizonMinutes: horizonOf(query.get('horizon')),
  };
}

/** The query of the address that `parseRoute` reads back; `?view=system` for the first view. */
export function formatRoute({ view, zone, atMs, horizonMinutes }: Route): string {
  const query = new URLSearchParams({ view });
  if (zone !== null) query.set('zone', zone);
  if (atMs !== null && view === 'zone') query.set('at', new Date(atMs).toISOString().replace('.000Z', 'Z'));
  if (horizonMinutes !== null) query.set('horizon', String(horizonMinutes));
  return `?${query.toString().replaceAll('%3A', ':')}`;
}
