import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { packageRoot } from '../config/package-root.js';
import { NowcastError } from '../contracts/errors.js';
import { FEED_PATH } from '../feed/protocol.js';
import { FeedServer } from '../feed/server.js';
import { AccessControl } from './auth/access-control.js';
import { addressResolver, trustedBy } from './auth/client-address.js';
import { AccessFeedDoor } from './auth/feed-door.js';
import { installGate } from './auth/gate.js';
import { collectRoutes, openScope, type DeclaredRoute } from './auth/route-access.js';
import { installDashboard } from './dashboard.js';
import type { ApiDeps } from './deps.js';
import { installEtags } from './etag.js';
import { installGuides } from './guide/routes.js';
import { installJsonBodies } from './json-bodies.js';
import { installKnownMethods } from './known-methods.js';
import { installOpenApi } from './openapi.js';
import { installProblems, sendProblem } from './problem.js';
import type { RouteContext } from './route-context.js';
import { exportRoutes } from './routes/exports.js';
import { keyRoutes } from './routes/keys.js';
import { modelChangeRoutes } from './routes/model-changes.js';
import { modelRoutes } from './routes/models.js';
import { nowcastRoutes } from './routes/nowcasts.js';
import { qualityRoutes } from './routes/quality.js';
import { rangeRoutes } from './routes/ranges.js';
import { statusRoutes } from './routes/status.js';
import { trainingOrderRoutes } from './routes/training-orders.js';
import { webhookRoutes } from './routes/webhooks.js';
import { zoneRoutes } from './routes/zones.js';
import { addBodySchemas } from './schemas.js';
import { installSecurity } from './security.js';
import { ServedZones } from './served-zones.js';
import { tlsServerFactory } from './tls.js';

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 8080;
/** Of a server that is given no access control. */
const REQUESTS_PER_MINUTE = { address: 1200, key: 6000 };
/** A zone of 64 characters, each percent-encoded from up to four bytes. */
const MAX_PARAM_LENGTH = 64 * 12;

export interface ApiServer {
  readonly fastify: FastifyInstance;
  readonly feed: FeedServer;
  /** Every route with the access that it declares. */
  readonly routes: readonly DeclaredRoute[];
  /**
   * @returns where it listens; the port is the real one when 0 was asked for
   * @throws NowcastError PORT_IN_USE, CONFIG_INVALID (address or port that may not be bound)
   */
  listen(): Promise<{ readonly host: string; readonly port: number; readonly url: string }>;
  /** Sends feed clients away with 1012, answers what is under way, and stops. */
  close(): Promise<void>;
}

/** Builds the HTTP server with REST, feed, dashboard, OpenAPI, health and metrics. Nothing listens yet. */
export async function createApiServer(deps: ApiDeps): Promise<ApiServer> {
  const options = deps.options ?? {};
  const nowMs = deps.nowMs ?? Date.now;
  const { allowedOrigins = [], trustedProxies = [], tls = null } = options;
  const onProblem = (error: unknown): void => {
    deps.errors.add('api', error);
  };
  const host = options.host ?? DEFAULT_HOST;
  const access = deps.access ?? withoutKeys(host);
  const fastify = Fastify({
    logger: false,
    // A misspelt parameter is told, not dropped.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true, allErrors: false } },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (error, request, reply) => refuseAddress(error.message, request, reply),
    forceCloseConnections: 'idle',
    trustProxy: trustedBy(trustedProxies),
    ...(tls === null ? {} : { serverFactory: tlsServerFactory(tls, onProblem) }),
  });
  const zones = new ServedZones(deps.zones, deps.liveView);
  const feed = new FeedServer({
    log: deps.log,
    codec: deps.codec,
    view: deps.liveView,
    catalog: zones,
    metrics: deps.metrics,
    allowedOrigins: options.feedOrigins ?? allowedOrigins,
    nowMs,
    clientNowMs: deps.clientNowMs ?? nowMs,
    ...(options.feedLimits === undefined ? {} : { limits: options.feedLimits }),
    door: options.feedDoor ?? new AccessFeedDoor(access, addressResolver(trustedProxies)),
    onError: (error) => {
      deps.errors.add('feed', error);
    },
  });
  const context: RouteContext = { deps, zones, feed, access, nowMs };
  const routes = collectRoutes(fastify);
  installProblems(fastify, deps.errors);
  installEtags(fastify);
  await installSecurity(fastify, { allowedOrigins, overTls: tls !== null });
  installGate(fastify, { access, audit: deps.audit, errors: deps.errors });
  installKnownMethods(fastify, allowedOrigins.length > 0);
  installJsonBodies(fastify);
  addBodySchemas(fastify);
  await installOpenApi(fastify);
  await installGuides(fastify);
  for (const group of [
    zoneRoutes,
    nowcastRoutes,
    rangeRoutes,
    exportRoutes,
    qualityRoutes,
    modelRoutes,
    modelChangeRoutes,
    trainingOrderRoutes,
    webhookRoutes,
    keyRoutes,
    statusRoutes,
  ]) {
    await fastify.register((scope, _options, done) => {
      group(scope, context);
      done();
    });
  }
  await fastify.register(async (scope) => {
    openScope(scope);
    await installDashboard(scope, options.webDir ?? path.join(packageRoot(), 'dist', 'web'));
  });
  takeUpgrades(fastify, feed);
  await fastify.ready();
  return {
    fastify,
    feed,
    routes,
    listen: () => listen(fastify, host, options.port ?? DEFAULT_PORT, tls === null ? 'http' : 'https'),
    close: async () => {
      await feed.close();
      await fastify.close();
    },
  };
}

function withoutKeys(host: string): AccessControl {
  return new AccessControl({
    checkers: [],
    open: { host, openRead: null, openExport: null },
    perAddress: REQUESTS_PER_MINUTE.address,
    perKey: REQUESTS_PER_MINUTE.key,
  });
}

function refuseAddress(message: string, request: FastifyRequest, reply: FastifyReply): void {
  void sendProblem(request, reply, 400, 'INPUT_INVALID', message);
}

function takeUpgrades(fastify: FastifyInstance, feed: FeedServer): void {
  fastify.server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    if (request.url?.split('?', 1)[0] === FEED_PATH) {
      feed.handleUpgrade(request, stream, head);
      return;
    }
    stream.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  });
}

async function listen(
  fastify: FastifyInstance,
  host: string,
  port: number,
  scheme: 'http' | 'https',
): Promise<{ host: string; port: number; url: string }> {
  try {
    await fastify.listen({ host, port });
  } catch (error) {
    throw listenError(error, host, port);
  }
  const bound = (fastify.server.address() as AddressInfo).port;
  const name = host === '0.0.0.0' || host === '::' || host === '127.0.0.1' ? 'localhost' : host;
  return { host, port: bound, url: `${scheme}://${name.includes(':') ? `[${name}]` : name}:${bound}` };
}

function listenError(error: unknown, host: string, port: number): NowcastError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new NowcastError(
      'PORT_IN_USE',
      `port ${port} on ${host} is in use; stop what uses it, or choose another with --port or NOWCAST_PORT (0 picks a free one)`,
      { cause: error, context: { port, host } },
    );
  }
  const why = code === 'EACCES' ? 'this user may not bind it' : 'it is not an address of this machine';
  return new NowcastError(
    'CONFIG_INVALID',
    `cannot listen on ${host} port ${port}: ${why}; choose others with --port and NOWCAST_HOST`,
    { cause: error, context: { port, host } },
  );
}
