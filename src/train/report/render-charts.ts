import type { Chart } from './chart.js';

/** The colours of the page, so that a chart follows its light or dark theme. */
const CONFIG = {
  background: null,
  font: 'system-ui, sans-serif',
  aria: false,
  view: { stroke: null },
  axis: {
    labelColor: 'var(--muted)',
    titleColor: 'var(--muted)',
    gridColor: 'var(--grid)',
    domainColor: 'var(--axis)',
    tickColor: 'var(--axis)',
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal',
  },
  legend: {
    labelColor: 'var(--ink)',
    titleColor: 'var(--muted)',
    orient: 'top',
    labelFontSize: 12,
    labelLimit: 0,
    title: null,
  },
  header: {
    labelColor: 'var(--ink)',
    titleColor: 'var(--muted)',
    labelFontSize: 12,
    labelFontWeight: 'bold',
  },
  title: { color: 'var(--ink)', anchor: 'start', fontSize: 12 },
  text: { color: 'var(--ink)' },
};

/** Draws charts as SVG text. Vega is loaded only here, when a report is written. */
export async function renderCharts(charts: readonly Chart[]): Promise<string[]> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const drawn: string[] = [];
  for (const { spec } of charts) {
    const { spec: compiled } = vegaLite.compile({ ...spec, config: CONFIG });
    const view = new vega.View(vega.parse(compiled), { renderer: 'none' });
    drawn.push(await view.toSVG());
    view.finalize();
  }
  return drawn;
}
