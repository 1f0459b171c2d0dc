import { Announcer } from './announcer.js';
import { ChartSection } from './chart-section.js';
import { byId, setAttribute } from './dom.js';
import { feedUrl, openFeed } from './feed/client.js';
import { showHeadline } from './headline.js';
import { showAccuracy } from './panels/accuracy-panel.js';
import { showAlerts } from './panels/alerts-panel.js';
import { showHealth } from './panels/health-panel.js';
import { showModel } from './panels/model-panel.js';
import { showQuality } from './panels/quality-panel.js';
import { recall, remember } from './preferences.js';
import { rest } from './rest/client.js';
import { HistoryLoader, TILE_PAST_MS } from './rest/history-loader.js';
import { Poller } from './rest/poller.js';
import { Store, type Topic } from './state/store.js';
import { startTheme } from './theme.js';
import { Tiles } from './tiles.js';
import { showTopbar } from './topbar.js';

const SECOND_MS = 1000;
/** The now-line moves and ages grow without any frame arriving. */
const REDRAW_EVERY_S = 5;

let utc = recall('utc') === 'true';
const store = new Store((changed) => draw(changed), recall('zone'));
const loader = new HistoryLoader(store, rest);
const poller = new Poller(store, rest);
const tiles = new Tiles(store, (zone) => {
  store.select(zone);
  remember('zone', zone);
});
const chart = new ChartSection(store, () => loadPast());
const announcer = new Announcer(byId('announcer'));

function timeZone(): string {
  return utc ? 'UTC' : (store.selectedView()?.info.timeZone ?? 'UTC');
}

/** Redraws what the changed topics touch. */
function draw(changed: ReadonlySet<Topic>): void {
  const zone = timeZone();
  const any = (...topics: Topic[]): boolean => topics.some((topic) => changed.has(topic));
  const view = store.selectedView();
  if (any('zones', 'selection')) loadPast();
  if (any('selection')) attempt(poller.loadAccuracy());
  if (any('model-news')) attempt(poller.loadModels());
  showTopbar(store, zone);
  if (any('zones', 'frames', 'selection', 'connection')) {
    showHeadline(store, zone);
    tiles.update();
    chart.update(zone);
    announcer.update(store);
  }
  if (any('accuracy', 'selection')) showAccuracy(byId('accuracy'), view);
  if (any('models', 'selection', 'frames')) showModel(byId('model'), view, store.models, zone);
  if (any('alerts', 'selection')) showAlerts(byId('alerts'), store.alerts, zone);
  if (any('status')) showQuality(byId('data-quality'), store.status);
  if (any('status', 'selection')) showHealth(byId('health'), store.status, store.restProblem, zone);
}

/** Fetches the past of what is on the page. A failure is retried with the next change of the page. */
function loadPast(): void {
  for (const view of tiles.shown()) attempt(loader.loadDemand(view, TILE_PAST_MS));
  const view = store.selectedView();
  if (view === null) return;
  attempt(loader.loadDemand(view, chart.pastMs));
  attempt(loader.loadPredicted(view, chart.pastMs));
}

function attempt(work: Promise<void>): void {
  work.catch((error: unknown) => {
    store.restProblem = error instanceof Error ? error.message : String(error);
    store.touch('status');
  });
}

function startUtcToggle(button: HTMLElement): void {
  const show = (): void => setAttribute(button, 'aria-pressed', String(utc));
  button.addEventListener('click', () => {
    utc = !utc;
    remember('utc', String(utc));
    show();
    store.touch('selection');
  });
  show();
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

function startFeed(): void {
  let epoch: string | null = null;
  openFeed(feedUrl(document.baseURI), {
    onState: (state) => store.setFeed(state),
    onMessage: (message) => {
      if (message.type === 'subscribed') {
        if (epoch !== null) subscribedAgain(epoch !== message.epoch);
        epoch = message.epoch;
      }
      store.receive(message);
    },
  });
}

startTheme(byId('theme'), () => chart.retheme());
startUtcToggle(byId('utc'));
startTicking();
poller.start();
startFeed();
store.touch('connection', 'zones', 'selection', 'accuracy', 'alerts', 'status');
