import { byId, setAttribute, setText } from './dom.js';
import { formatClockSeconds, formatDay, timeZoneLabel } from './format.js';
import { openAlerts } from './panels/alerts-panel.js';
import { freshnessOf } from './state/freshness.js';
import type { Store } from './state/store.js';
import { demandEndMs, isSimulated } from './state/zone.js';

/** Beyond this the feed lives in another time than the reader: a replay, or a simulation that runs fast. */
const APART_MS = 10 * 60_000;
const FRESHNESS_LEVELS = { fresh: 'good', late: 'warn', 'very-late': 'bad', unknown: 'unknown' } as const;

function badge(id: string, level: string, text: string): void {
  const element = byId(id);
  setAttribute(element, 'data-level', level);
  setText(element, text);
}

function showConnection(store: Store): void {
  const { phase, retryAtMs, attempt, problem } = store.feed;
  const line = byId('problem');
  line.hidden = phase !== 'reconnecting';
  if (phase === 'live') {
    badge('connection', 'good', 'Live');
    return;
  }
  if (phase === 'connecting') {
    badge('connection', 'unknown', 'Connecting');
    return;
  }
  const seconds = retryAtMs === null ? 0 : Math.max(0, Math.ceil((retryAtMs - Date.now()) / 1000));
  const wait = seconds === 0 ? 'trying now' : `next try in ${seconds} s`;
  badge('connection', 'bad', `Reconnecting, ${wait}`);
  setText(
    line,
    `Not live: ${problem ?? 'the connection was lost'}. Attempt ${attempt}. What you see is from before.`,
  );
}

function showFreshness(store: Store): void {
  const view = store.selectedView();
  const freshness = freshnessOf(
    view === null ? null : demandEndMs(view),
    store.nowMs(),
    view?.info.lateAfterMs ?? 0,
  );
  badge('freshness', FRESHNESS_LEVELS[freshness.level], freshness.text);
}

function showSource(store: Store): void {
  const view = store.selectedView();
  const simulated = [...store.zones.values()].some(isSimulated);
  byId('simulated').hidden = !simulated;
  setAttribute(document.documentElement, 'data-simulated', simulated ? 'true' : null);
  const source = byId('source');
  // The banner says where simulated data comes from.
  source.hidden = view === null || view.source === null || isSimulated(view);
  setText(source, `source: ${view?.source ?? ''}`);
}

function showClock(store: Store, timeZone: string): void {
  const nowMs = store.nowMs();
  const clock = byId('clock');
  setText(clock, formatClockSeconds(nowMs, timeZone));
  setAttribute(clock, 'datetime', new Date(nowMs).toISOString());
  const apart = Math.abs(nowMs - Date.now()) > APART_MS ? ', feed time' : '';
  setAttribute(
    byId('clock-note'),
    'title',
    apart === '' ? null : 'The feed lives in a time of its own: a replay, or a simulation that runs fast',
  );
  setText(byId('clock-note'), `${formatDay(nowMs, timeZone)}, ${timeZoneLabel(nowMs, timeZone)}${apart}`);
}

function showAlertCount(store: Store): void {
  const open = openAlerts(store.alerts ?? []);
  const link = byId('alert-count');
  link.hidden = open.length === 0;
  const level = open.some((alert) => alert.severity === 'critical') ? 'bad' : 'warn';
  badge('alert-count', level, open.length === 1 ? '1 alert' : `${open.length} alerts`);
}

/** Connection, freshness, source and clock. Cheap: called each second. */
export function showTopbar(store: Store, timeZone: string): void {
  showConnection(store);
  showFreshness(store);
  showSource(store);
  showAlertCount(store);
  showClock(store, timeZone);
}
