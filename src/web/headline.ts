import { byId, setAttribute, setText } from './dom.js';
import {
  formatAge,
  formatClock,
  formatDeltaMw,
  formatDay,
  formatHorizon,
  formatMw,
  formatPercent,
} from './format.js';
import { freshnessOf } from './state/freshness.js';
import { qualitySentences } from './state/reasons.js';
import type { Store } from './state/store.js';
import { shownView } from './state/travel.js';
import { errorNow, type ErrorNow } from './state/zone-state.js';
import { demandEndMs, latestMw, nextHour, pathPeak, type ZoneView } from './state/zone.js';

const QUALITY_LEVELS = { ok: 'good', degraded: 'warn', fallback: 'bad' } as const;

function showFigures(view: ZoneView, timeZone: string, missed: ErrorNow | null): void {
  const now = latestMw(view);
  const next = nextHour(view);
  const peak = pathPeak(view);
  const last = view.demand.lastTimeMs;
  setText(byId('now-label'), last === null ? 'Demand' : `Demand at ${formatClock(last, timeZone)}`);
  setText(byId('now-mw'), formatMw(now));
  setText(byId('next-label'), `In ${formatHorizon(next?.horizonMinutes ?? 60)}`);
  setText(byId('next-mw'), formatMw(next?.mw));
  setText(byId('next-delta'), next === null || now === null ? '' : formatDeltaMw(next.mw - now));
  const horizon = view.nowcast?.steps.at(-1)?.horizonMinutes ?? 1440;
  setText(byId('peak-label'), `Peak, next ${formatHorizon(horizon)}`);
  setText(byId('peak-mw'), formatMw(peak?.mw));
  setText(byId('peak-at'), peak === null ? '' : peakTime(Date.parse(peak.target), view, timeZone));
  setText(
    byId('error-label'),
    missed === null ? 'Error now' : `Error now, ${formatHorizon(missed.horizonMinutes)} ahead`,
  );
  setText(byId('error-now'), missed === null ? '–' : formatPercent(missed.pct));
  setText(byId('error-now-mw'), missed === null ? '' : `${formatDeltaMw(missed.mw)} MW`);
}

function peakTime(targetMs: number, view: ZoneView, timeZone: string): string {
  const originMs = view.nowcast === null ? targetMs : Date.parse(view.nowcast.origin);
  const sameDay = formatDay(targetMs, timeZone) === formatDay(originMs, timeZone);
  return `at ${formatClock(targetMs, timeZone)}${sameDay ? '' : ' tomorrow'}`;
}

interface Notice {
  readonly level: 'info' | 'warn' | 'bad';
  readonly headline: string;
  readonly details: string;
}

const WAITING: Notice = {
  level: 'info',
  headline: 'No nowcast yet.',
  details:
    'The first one comes with the next demand value; a model is trained from the demand history first.',
};

/** Why the path is less than it should be, and how late demand is; null when all is well. */
function noticeOf(view: ZoneView, nowMs: number): Notice | null {
  const sentences: string[] = [];
  const { nowcast } = view;
  if (nowcast === null) return WAITING;
  const freshness = freshnessOf(demandEndMs(view), nowMs, view.info.lateAfterMs);
  const late = freshness.ageMs !== null && freshness.level !== 'fresh';
  if (nowcast.quality !== 'ok') {
    // How late it is says more than that it is late.
    const reasons = nowcast.reasons.filter((code) => !(late && code === 'demand_late'));
    sentences.push(...qualitySentences(nowcast.quality, reasons, nowcast.modelVersion));
  }
  if (late) {
    const age = formatAge(freshness.ageMs);
    sentences.splice(
      1,
      0,
      `Demand is late: the newest value is ${age} old, expected within ${formatAge(view.info.lateAfterMs)}.`,
    );
  }
  const [headline, ...details] = sentences;
  if (headline === undefined) return null;
  const bad = nowcast.quality === 'fallback' || freshness.level === 'very-late';
  return { level: bad ? 'bad' : 'warn', headline, details: details.join(' ') };
}

function showNotice(notice: Notice | null): void {
  const line = byId('notice');
  line.hidden = notice === null;
  setAttribute(line, 'data-level', notice?.level ?? null);
  setText(byId('notice-headline'), notice?.headline ?? '');
  setText(byId('notice-details'), notice?.details ?? '');
}

/** The zone's name, its figures, its quality and what is wrong with it. @param horizonMinutes of the error now */
export function showHeadline(store: Store, timeZone: string, horizonMinutes: number): void {
  const live = store.selectedView();
  if (live === null) return;
  const { travel } = store;
  const view = shownView(live, travel);
  setText(byId('zone-name'), view.info.name);
  showFigures(view, timeZone, travel === null ? errorNow(view, horizonMinutes) : null);
  byId('error-figure').hidden = travel !== null;
  const badge = byId('quality');
  badge.hidden = view.nowcast === null;
  if (view.nowcast !== null) {
    setAttribute(badge, 'data-level', QUALITY_LEVELS[view.nowcast.quality]);
    setText(badge, `quality ${view.nowcast.quality}`);
  }
  // How late demand was then is part of the path's own reasons.
  const nowMs = travel === null ? store.nowMs() : (demandEndMs(view) ?? 0);
  const waiting = travel !== null && travel.nowcast === null;
  showNotice(waiting ? null : noticeOf(view, nowMs));
}
