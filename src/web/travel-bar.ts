import { byId, setAttribute, setText } from './dom.js';
import { formatClock, formatDateClock, formatHorizon, formatPercent, timeZoneLabel } from './format.js';
import { fromWallText, toWallText } from './local-time.js';
import { modelName, shortVersion } from './state/reasons.js';
import type { Store } from './state/store.js';
import { outcomeOf, type Travel } from './state/travel.js';
import { demandEndMs, type ZoneView } from './state/zone.js';

const MINUTE_MS = 60_000;

/** Controls of time travel: which moment, a step earlier or later, back to live, and how that path turned out. */
export class TravelBar {
  readonly #store: Store;
  readonly #onVisit: (atMs: number | null) => void;
  readonly #input = byId('travel-at') as HTMLInputElement;
  #timeZone = 'UTC';

  /** @param onVisit called with the moment the reader wants to see; null: live again */
  constructor(store: Store, onVisit: (atMs: number | null) => void) {
    this.#store = store;
    this.#onVisit = onVisit;
    byId('travel').addEventListener('submit', (event) => {
      event.preventDefault();
      const atMs = fromWallText(this.#input.value, this.#timeZone);
      if (atMs !== null) onVisit(atMs);
    });
    byId('travel-back').addEventListener('click', () => this.step(-1));
    byId('travel-forward').addEventListener('click', () => this.step(1));
    byId('travel-live').addEventListener('click', () => onVisit(null));
  }

  focus(): void {
    this.#input.focus();
  }

  /** Moves by steps of the zone; from live, to the step before the newest. Beyond the newest it is live again. */
  step(direction: -1 | 1): void {
    const view = this.#store.selectedView();
    if (view === null) return;
    const newestMs = newestOriginMs(view);
    const hereMs = this.#store.travel?.atMs ?? newestMs;
    if (hereMs === null || newestMs === null) return;
    const nextMs = hereMs + direction * view.info.stepMinutes * MINUTE_MS;
    this.#onVisit(nextMs >= newestMs ? null : nextMs);
  }

  update(timeZone: string): void {
    const view = this.#store.selectedView();
    const travel = this.#store.travel;
    this.#timeZone = timeZone;
    setText(byId('travel-zone'), timeZoneLabel(travel?.atMs ?? this.#store.nowMs(), timeZone));
    byId('travel-live').hidden = travel === null;
    setAttribute(byId('travel'), 'data-away', travel === null ? null : 'true');
    if (view !== null) this.#input.step = String(view.info.stepMinutes * 60);
    const shownMs = travel?.atMs ?? (view === null ? null : newestOriginMs(view));
    if (document.activeElement !== this.#input && shownMs !== null) {
      const text = toWallText(shownMs, timeZone);
      if (this.#input.value !== text) this.#input.value = text;
    }
    const note = byId('travel-note');
    note.hidden = travel === null;
    setAttribute(note, 'data-level', travel?.state === 'failed' ? 'bad' : 'info');
    setText(note, travel === null ? '' : travelSentence(travel, timeZone));
  }
}

function newestOriginMs(view: ZoneView): number | null {
  if (view.nowcast !== null) return Date.parse(view.nowcast.origin);
  const endMs = demandEndMs(view);
  return endMs === null ? null : endMs - view.info.stepMinutes * MINUTE_MS;
}

/** What is shown and how it turned out, in words. */
export function travelSentence(travel: Travel, timeZone: string): string {
  const { nowcast, state, problem, atMs } = travel;
  const at = `${formatDateClock(atMs, timeZone)} ${timeZoneLabel(atMs, timeZone)}`;
  if (state === 'failed') return `Nothing to show for ${at}: ${problem}`;
  if (nowcast === null) return `Not live. Loading what was predicted at ${at}.`;
  const originMs = Date.parse(nowcast.origin);
  const origin = originMs === atMs ? '' : `origin ${formatDateClock(originMs, timeZone)}, `;
  const issued = `issued ${formatClock(Date.parse(nowcast.issuedAt), timeZone)}`;
  const by = nowcast.modelVersion.startsWith('baseline:')
    ? modelName(nowcast.modelVersion)
    : `model ${shortVersion(nowcast.modelVersion)}`;
  return `Not live. What was predicted at ${at} (${origin}${issued} by ${by}). ${outcomeSentence(travel)}`;
}

function outcomeSentence(travel: Travel): string {
  const outcome = travel.nowcast === null ? null : outcomeOf(travel.nowcast, travel);
  if (outcome === null) return 'None of it has been measured yet.';
  const reach = travel.nowcast?.steps[outcome.n - 1]?.horizonMinutes;
  const until = reach === undefined ? '' : ` up to ${formatHorizon(reach)} ahead`;
  const band = outcome.inBand === null ? '' : `, ${outcome.inBand} of ${outcome.n} inside P10–P90`;
  return `It turned out: mean error ${formatPercent(outcome.mape)} over ${outcome.n} steps${until}${band}.`;
}
