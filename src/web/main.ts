import { Access } from './access.js';
import { AccuracySection, ACCURACY_PAST_MS } from './accuracy-section.js';
import { Announcer } from './announcer.js';
import { ChartSection } from './chart-section.js';
import { byId, setAttribute } from './dom.js';
import { feedUrl, openFeed, type FeedListener } from './feed/client.js';
import { showHeadline } from './headline.js';
import { showAlerts } from './panels/alerts-panel.js';
import { FuelMixPanel } from './panels/fuel-mix-panel.js';
import { showHealth } from './panels/health-panel.js';
import { showModelHistory, showTrainingRuns } from './panels/model-history-panel.js';
import { showModel } from './panels/model-panel.js';
import { showQualityDays } from './panels/quality-days-panel.js';
import { showQuality } from './panels/quality-panel.js';
import { showTopics, showZoneStatus } from './panels/zone-status-panel.js';
import { startKeyDialog } from './key-dialog.js';
import { recall, remember } from './preferences.js';
import { restClient } from './rest/client.js';
import { HistoryLoader } from './rest/history-loader.js';
import { Poller } from './rest/poller.js';
import { TravelLoader } from './rest/travel-loader.js';
import { VIEWS, type Route } from './route.js';
import { Router } from './router.js';
import { startShortcuts } from './shortcuts.js';
import { Store, type Topic } from './state/store.js';
import { shownView } from './state/travel.js';
import { shownHorizon } from './state/zone.js';
import { MINI_PAST_MS } from './system/mini-chart.js';
import { SystemView } from './system/system-view.js';
import { startTheme } from './theme.js';
import { Tiles } from './tiles.js';
import { showTopbar } from './topbar.js';
import { TravelBar } from './travel-bar.js';
import { nameView, showView } from './views.js';

const SECOND_MS = 1000;
/** The now-line moves and ages grow without any frame arriving. */
const REDRAW_EVERY_S = 5;

let utc = recall('utc') === 'true';
const router = new Router((route, before) => routed(route, before));
const store = new Store((changed) => draw(changed), router.route.zone ?? recall('zone'));
const access = new Access();
const rest = restClient(access);
const loader = new HistoryLoader(store, rest);
const travelLoader = new TravelLoader(store, rest);
const poller = new Poller(store, rest);
const tiles = new Tiles(store, (zone) => router.go({ zone, atMs: null }));
const system = new SystemView(store);
const chart = new ChartSection(store, {
  onRange: () => {
    router.go({ horizonMinutes: chart.horizonMinutes }, true);
    loadPast();
    visit();
  },
  onTravel: (timeMs) => travelTo(timeMs),
});
const travelBar = new TravelBar(store, travelTo);
const accuracy = new AccuracySection(store);
const fuelMix = new FuelMixPanel();
const announcer = new Announcer(byId('announcer'));

function timeZone(): string {
  return utc ? 'UTC' : (store.selectedView()?.info.timeZone ?? 'UTC');
}

/** The address has changed: by a link, a key, the back button. */
function routed(route: Route, before: Route): void {
  if (route.zone !== null && store.select(route.zone)) remember('zone', route.zone);
  if (route.horizonMinutes !== null) chart.chooseHorizon(route.horizonMinutes);
  if (route.view !== before.view) {
    showView(route);
    byId('main').focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  if (route.atMs !== store.travel?.atMs || route.zone !== before.zone) visit();
  store.touch('selection');
}

/** Goes to the moment that the address names, or back to live. */
function visit(): void {
  const { atMs, zone } = router.route;
  const shown = zone ?? store.selected;
  if (atMs === null || shown === null) travelLoader.leave();
  else void travelLoader.visit(shown, atMs, chart.pastMs, chart.horizonMinutes);
}

function travelTo(atMs: number | null): void {
  const view = store.selectedView();
  if (view === null) return;
  router.go({ view: 'zone', zone: view.info.zone, atMs });
}

/** Redraws what the changed topics touch, of the view that is shown. */
function draw(changed: ReadonlySet<Topic>): void {
  const any = (...topics: Topic[]): boolean => topics.some((topic) => changed.has(topic));
  const zone = timeZone();
  if (any('zones', 'selection')) loadPast();
  // The address may name a moment before any zone is known.
  if (any('zones') && router.route.atMs !== null && store.travel === null) visit();
  if (any('selection')) attempt(poller.loadAccuracy());
  if (any('model-news')) attempt(poller.loadModels());
  showTopbar(store, zone);
  nameView(router.route, store);
  const moved = any('zones', 'frames', 'selection', 'connection', 'travel');
  if (moved) announcer.update(store, zone);
  if (moved && router.route.view !== 'system') tiles.update();
  drawView[router.route.view](any, zone, moved);
}

type Any = (...topics: Topic[]) => boolean;
const drawView: Readonly<Record<Route['view'], (any: Any, zone: string, moved: boolean) => void>> = {
  system: (any, _zone, moved) => {
    if (moved || any('accuracy')) system.update(utc, chart.horizonMinutes);
  },
  zone: (any, zone, moved) => {
    if (moved) {
      showHeadline(store, zone, chart.horizonMinutes);
      travelBar.update(zone);
      chart.update(zone);
      const live = store.travel === null ? store.selectedView() : null;
      fuelMix.update(live, (live?.demand.lastTimeMs ?? 0) - chart.pastMs, zone);
    }
    if (any('accuracy', 'selection')) accuracy.updateTable();
    if (any('models', 'selection', 'frames', 'travel')) {
      const live = store.selectedView();
      const view = live === null ? null : shownView(live, store.travel);
      showModel(byId('model'), view, store.models, zone);
    }
  },
  accuracy: (any, zone, moved) => {
    if (moved || any('accuracy')) accuracy.updateView(zone, chart.horizonMinutes);
  },
  models: (any, zone) => {
    const view = store.selectedView();
    if (view === null || !any('models', 'training', 'selection', 'zones')) return;
    showModelHistory(byId('model-history'), view, store.models, zone);
    showTrainingRuns(byId('training-runs'), view, store.trainingRuns, zone, store.nowMs());
  },
  health: (any, zone) => {
    if (any('alerts', 'selection')) showAlerts(byId('alerts'), store.alerts, zone);
    if (any('quality', 'selection', 'zones')) {
      const names = new Map([...store.zones].map(([one, { info }]) => [one, info.name]));
      showQualityDays(byId('quality-days'), store.qualityDays, names);
    }
    if (!any('status', 'selection', 'zones')) return;
    showQuality(byId('data-quality'), store.status);
    showHealth(byId('health'), store.status, store.restProblem, zone);
    showZoneStatus(byId('zone-status'), store.status);
    showTopics(byId('topics'), store.status);
  },
};

/** Fetches the past of what is on the page. A failure is retried with the next change of the page. */
function loadPast(): void {
  const { view: shown } = router.route;
  for (const one of shown === 'system' ? system.shown() : tiles.shown()) {
    attempt(loader.loadDemand(one, MINI_PAST_MS));
    if (shown === 'system')
      attempt(loader.loadPredicted(one, MINI_PAST_MS, shownHorizon(one, chart.horizonMinutes)));
  }
  const view = store.selectedView();
  if (view === null || (shown !== 'zone' && shown !== 'accuracy')) return;
  const pastMs = shown === 'accuracy' ? ACCURACY_PAST_MS : chart.pastMs;
  attempt(loader.loadDemand(view, pastMs));
  attempt(loader.loadPredicted(view, pastMs, shownHorizon(view, chart.horizonMinutes)));
  if (shown !== 'zone') return;
  attempt(loader.loadTemperature(view, pastMs));
  attempt(loader.loadOperator(view, pastMs));
  attempt(loader.loadSupply(view, pastMs));
}

function attempt(work: Promise<void>): void {
  work.catch((error: unknown) => {
    store.restProblem = error instanceof Error ? error.message : String(error);
    store.touch('status');
  });
}

function toggleUtc(): void {
  utc = !utc;
  remember('utc', String(utc));
  setAttribute(byId('utc'), 'aria-pressed', String(utc));
  store.touch('selection');
}

/** @param direction to the next zone or the one before, in the order of the tiles */
function nextZone(direction: -1 | 1): void {
  const zones = [...store.zones.keys()];
  const here = zones.indexOf(store.selected ?? '');
  const zone = zones[(here + direction + zones.length) % zones.length];
  if (zone !== undefined) router.go({ zone, atMs: null });
}

function startKeys(): void {
  const views = VIEWS.map(
    (view, index) => [String(index + 1), () => router.go({ view, atMs: null })] as const,
  );
  startShortcuts({
    ...Object.fromEntries(views),
    '[': () => nextZone(-1),
    ']': () => nextZone(1),
    ',': () => travelBar.step(-1),
    '.': () => travelBar.step(1),
    l: () => router.go({ atMs: null }),
    t: () => {
      router.go({ view: 'zone' });
      travelBar.focus();
    },
    u: toggleUtc,
  });
}

function startTicking(): void {
  let seconds = 0;
  setInterval(() => {
    seconds += 1;
    if (seconds % REDRAW_EVERY_S !== 0) {
      showTopbar(store, timeZone());
      return;
    }
    loadPast();
    store.touch('frames');
  }, SECOND_MS);
}

/** What was missed of demand is not part of a resume: it is fetched again, and all of it when the log is a new one. */
function subscribedAgain(newLog: boolean): void {
  loader.forget();
  if (newLog) store.startOver();
  attempt(poller.loadZones());
  attempt(poller.loadModels());
  store.touch('zones');
}

let epoch: string | null = null;
function openPageFeed(): ReturnType<typeof openFeed> {
  const listener: FeedListener = {
    onState: (state) => store.setFeed(state),
    onMessage: (message) => {
      if (message.type === 'subscribed') {
        if (epoch !== null) subscribedAgain(epoch !== message.epoch);
        epoch = message.epoch;
      }
      store.receive(message);
    },
  };
  return openFeed(feedUrl(document.baseURI), listener, access.key);
}

/** The reader has given a key: everything is asked for again with it. */
async function letIn(): Promise<void> {
  await feed.close();
  feed = openPageFeed();
  await poller.refresh();
  loader.forget();
  visit();
  store.touch('zones', 'selection');
}

showView(router.route);
if (router.route.horizonMinutes !== null) chart.chooseHorizon(router.route.horizonMinutes);
startTheme(byId('theme'), () => chart.retheme());
setAttribute(byId('utc'), 'aria-pressed', String(utc));
byId('utc').addEventListener('click', toggleUtc);
addEventListener('resize', () => store.touch('selection'));
startKeys();
startTicking();
startKeyDialog(access, () => attempt(letIn()));
let feed = openPageFeed();
poller.start();
visit();
store.touch('connection', 'zones', 'selection', 'accuracy', 'alerts', 'status');
