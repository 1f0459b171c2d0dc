import { byId, setAttribute } from './dom.js';
import { formatRoute, VIEWS, type Route } from './route.js';
import type { Store } from './state/store.js';

const TITLE = 'Power Nowcast';
const NAMES = { system: 'System', zone: 'Zone', accuracy: 'Accuracy', models: 'Models', health: 'Health' };

/** Shows the parts of the page that belong to the view, and hides the others. */
export function showView(route: Route): void {
  for (const part of document.querySelectorAll<HTMLElement>('[data-views]')) {
    part.hidden = !(part.dataset['views'] ?? '').split(' ').includes(route.view);
  }
  setAttribute(byId('main'), 'data-view', route.view);
}

/** Names the view in the navigation and in the window's title; links keep the zone that is selected. */
export function nameView({ view }: Route, store: Store): void {
  const zone = store.selected;
  for (const one of VIEWS) {
    const link = document.querySelector(`[data-nav="${one}"]`);
    if (link === null) continue;
    setAttribute(link, 'aria-current', one === view ? 'page' : null);
    setAttribute(link, 'href', formatRoute({ view: one, zone, atMs: null, horizonMinutes: null }));
  }
  const named = view === 'system' || view === 'health' ? null : (store.selectedView()?.info.name ?? null);
  const simulated = document.documentElement.dataset['simulated'] === 'true' ? ' (simulated data)' : '';
  const title = `${named === null ? NAMES[view] : `${named}, ${NAMES[view].toLowerCase()}`} – ${TITLE}${simulated}`;
  if (document.title !== title) document.title = title;
}
