import { ChoiceRow } from './choice.js';
import { byId, setText } from './dom.js';
import { formatHorizon } from './format.js';
import { showAccuracy } from './panels/accuracy-panel.js';
import { showCoverage, showErrorByHorizon, showQuarters } from './panels/calibration-panel.js';
import { showErrorByDay, showErrorByHour } from './panels/error-history-panel.js';
import { scoredPoints } from './state/errors.js';
import type { Store } from './state/store.js';
import { predictedOf } from './state/zone-series.js';
import { demandEndMs, shownHorizon, type ScoreWindow } from './state/zone.js';

/** How far back errors are drawn by day and by hour. */
export const ACCURACY_PAST_MS = 7 * 24 * 3_600_000;
const WINDOWS: readonly { label: string; value: ScoreWindow }[] = [
  { label: '1 h', value: '1h' },
  { label: '24 h', value: '24h' },
  { label: '7 d', value: '7d' },
];

/** The accuracy view, and the table of scores beside the zone's chart: both show the same window. */
export class AccuracySection {
  readonly #store: Store;
  readonly #window: ChoiceRow<ScoreWindow>;

  constructor(store: Store) {
    this.#store = store;
    const changed = (): void => store.touch('accuracy');
    this.#window = new ChoiceRow<ScoreWindow>(
      [byId('window-choice'), byId('accuracy-window-choice')],
      'window',
      'Last',
      changed,
    );
    this.#window.offer(WINDOWS, '24 h');
  }

  /** The table beside the chart. */
  updateTable(): void {
    showAccuracy(byId('accuracy'), this.#store.selectedView(), this.#window.value);
  }

  /** The view of its own. */
  updateView(timeZone: string, wantedHorizon: number): void {
    const view = this.#store.selectedView();
    if (view === null) return;
    const horizon = shownHorizon(view, wantedHorizon);
    const fromMs = (demandEndMs(view) ?? this.#store.nowMs()) - ACCURACY_PAST_MS;
    const points = scoredPoints(view.demand, predictedOf(view, horizon), fromMs);
    setText(byId('accuracy-zone'), view.info.name);
    for (const id of ['by-day-horizon', 'by-hour-horizon', 'quarters-horizon']) {
      setText(byId(id), `${formatHorizon(horizon)} ahead`);
    }
    showErrorByHorizon(byId('error-by-horizon'), view);
    showCoverage(byId('coverage'), view);
    showErrorByDay(byId('error-by-day'), points, horizon, timeZone);
    showErrorByHour(byId('error-by-hour'), points, horizon, timeZone);
    showQuarters(byId('quarters'), points, horizon);
    showAccuracy(byId('accuracy-table'), view, this.#window.value);
  }
}
