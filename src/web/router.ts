import { formatRoute, parseRoute, type Route } from './route.js';

/** Keeps the address and the page's state together: every view can be shared, and the browser's back button works. */
export class Router {
  #route = parseRoute(location.search);
  readonly #onChange: (route: Route, before: Route) => void;

  /** @param onChange called after each change, whoever made it */
  constructor(onChange: (route: Route, before: Route) => void) {
    this.#onChange = onChange;
    addEventListener('popstate', () => this.#set(parseRoute(location.search)));
    document.addEventListener('click', (event) => this.#follow(event));
  }

  get route(): Route {
    return this.#route;
  }

  /** @param replace true: no step of its own in the browser's history */
  go(change: Partial<Route>, replace = false): void {
    const next = { ...this.#route, ...change };
    const address = formatRoute(next);
    if (address === formatRoute(this.#route)) return;
    if (replace) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
    this.#set(next);
  }

  #set(next: Route): void {
    const before = this.#route;
    this.#route = next;
    this.#onChange(next, before);
  }

  /** Links between views change the page's state instead of loading the page again. */
  #follow(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a[data-route]') : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.go({ ...parseRoute(link.search), horizonMinutes: this.#route.horizonMinutes });
  }
}
