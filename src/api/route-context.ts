import type { FeedServer } from '../feed/server.js';
import type { AccessControl } from './auth/access-control.js';
import type { ApiDeps } from './deps.js';
import type { ServedZones } from './served-zones.js';

/** What every group of routes is given. */
export interface RouteContext {
  readonly deps: ApiDeps;
  readonly zones: ServedZones;
  readonly feed: FeedServer;
  readonly access: AccessControl;
  readonly nowMs: () => number;
}
