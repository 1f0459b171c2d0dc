import { h } from '../dom.js';
import { formatHorizon, formatPercent } from '../format.js';
import { drawBarPlot } from '../plot/bar-plot.js';
import { drawHorizonPlot } from '../plot/horizon-plot.js';
import { calibrationOf, QUARTERS, type Quarter, type ScoredPoint } from '../state/errors.js';
import { scoresOf, type ScoreWindow, type ZoneView } from '../state/zone.js';

const WINDOWS: readonly ScoreWindow[] = ['1h', '24h', '7d'];
const COVERAGE_WINDOWS: readonly ScoreWindow[] = ['24h', '7d'];
/** Below this many scored nowcasts a share says more about chance than about the band. */
const ENOUGH = 12;
const NAMES: Readonly<Record<Quarter, string>> = {
  belowP10: 'below P10',
  belowP50: 'P10–P50',
  belowP90: 'P50–P90',
  aboveP90: 'above P90',
};
const RIGHT: Readonly<Record<Quarter, number>> = { belowP10: 10, belowP50: 40, belowP90: 40, aboveP90: 10 };

function hint(text: string): HTMLElement {
  return h('p', { class: 'hint' }, text);
}

/** Error by horizon for each window. */
export function showErrorByHorizon(host: HTMLElement, view: ZoneView): void {
  const lines = WINDOWS.map((window) => ({
    name: `window-${window}`,
    points: scoresOf(view, window)
      .filter(({ n }) => n >= ENOUGH)
      .map(({ horizonMinutes, mape }) => ({ minutes: horizonMinutes, value: mape })),
  }));
  if (lines.every(({ points }) => points.length < 2)) {
    host.replaceChildren(hint('Not enough scored yet.'));
    return;
  }
  const label = `Mean absolute percentage error by horizon of ${view.info.name}; the table below has the values.`;
  drawHorizonPlot(host, { label, lines, unit: ' %', height: 17 });
}

/** Share of actuals inside the band by horizon: 78 to 82 % is right. */
export function showCoverage(host: HTMLElement, view: ZoneView): void {
  const lines = COVERAGE_WINDOWS.map((window) => ({
    name: `window-${window}`,
    points: scoresOf(view, window).flatMap(({ horizonMinutes, coverage80, n }) =>
      coverage80 === null || n < ENOUGH ? [] : [{ minutes: horizonMinutes, value: coverage80 }],
    ),
  }));
  if (lines.every(({ points }) => points.length < 2)) {
    host.replaceChildren(hint('Not enough scored yet.'));
    return;
  }
  const label = `Share of actual demand inside the P10–P90 band by horizon of ${view.info.name}; 80 % is right.`;
  drawHorizonPlot(host, {
    label,
    lines,
    unit: ' %',
    height: 17,
    range: [0, 100],
    goal: { low: 78, high: 82 },
  });
}

/** Where in the band the actuals lay: below, in its halves, above. */
export function showQuarters(
  host: HTMLElement,
  points: readonly ScoredPoint[],
  horizonMinutes: number,
): void {
  const shares = points.length < ENOUGH ? null : calibrationOf(points);
  if (shares === null) {
    host.replaceChildren(hint('Not enough scored yet.'));
    return;
  }
  const bars = QUARTERS.map((quarter) => {
    const value = shares.get(quarter) ?? 0;
    return {
      label: NAMES[quarter],
      value,
      title: `${NAMES[quarter]}: ${formatPercent(value, 1)}, right: ${RIGHT[quarter]} %`,
    };
  });
  const said = bars.map(({ title }) => title).join('; ');
  drawBarPlot(host, {
    label: `Where actual demand lay in the band ${formatHorizon(horizonMinutes)} ahead, ${points.length} nowcasts: ${said}.`,
    bars,
    unit: ' %',
    height: 17,
    goals: QUARTERS.map((quarter) => RIGHT[quarter]),
  });
}
