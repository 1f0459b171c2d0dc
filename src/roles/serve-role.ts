import { createApiServer } from '../api/server.js';
import { messageOf } from '../contracts/errors.js';
import { LiveView } from '../feed/live-view.js';
import { RecentErrors } from '../ops/recent-errors.js';
import type { RoleContext } from './context.js';
import { openAccess } from './open-access.js';
import { openRegistry } from './open-registry.js';
import { openWebhooks } from './open-webhooks.js';

export interface ServeRoleOptions {
  /** What this process does, as /v1/status shows it. */
  readonly roles: readonly string[];
  readonly startedAtMs: number;
}

export interface ServeRole {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** The serve role: feed, REST, dashboard, metrics and health on one port. */
export async function startServeRole(context: RoleContext, options: ServeRoleOptions): Promise<ServeRole> {
  const { log, codec, history, metrics, health, logger, config, profiles, now } = context;
  const errors = new RecentErrors(now);
  const callers = openAccess(context);
  const { access, keys } = callers;
  const webhooks = openWebhooks(context);
  const liveView = new LiveView({
    log,
    codec,
    onError: (error) => {
      errors.add('feed', error);
      logger.warn(`feed: ${messageOf(error)}`);
    },
  });
  const api = await createApiServer({
    zones: profiles,
    log,
    codec,
    history,
    liveView,
    metrics,
    health,
    sources: context.sources,
    errors,
    roles: options.roles,
    startedAtMs: options.startedAtMs,
    nowMs: now,
    // A simulation or a replay runs fast, its clients do not.
    clientNowMs: Date.now,
    ...openRegistry(context),
    access,
    keys,
    webhooks,
    options: config.http,
  });
  const { url, port } = await api.listen();
  await liveView.start();
  await webhooks.follow(log, codec);
  return {
    url,
    port,
    close: async () => {
      await api.close();
      await webhooks.close();
      await liveView.close();
      await callers.close();
    },
  };
}
