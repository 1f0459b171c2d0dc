import type { FastifyInstance } from 'fastify';
import type { HealthBody } from '../../contracts/generated/rest-health.js';
import type { ReadyBody } from '../../contracts/generated/rest-ready.js';
import type { StatusBody } from '../../contracts/generated/rest-status.js';
import { toIso } from '../../contracts/time.js';
import { READ } from '../auth/route-access.js';
import { inputChecks, sourceStatus, zoneStatus } from '../input-status.js';
import { programVersion } from '../program-version.js';
import type { RouteContext } from '../route-context.js';
import { answers, NO_QUERY } from '../schemas.js';

/** Probes have no key, are asked often and by machines: open, and left alone by the rate limit. */
const PROBE = { access: 'open', unlimited: true } as const;

/** /healthz, /readyz, /metrics and /v1/status. */
export function statusRoutes(fastify: FastifyInstance, context: RouteContext): void {
  const { deps, nowMs } = context;
  const tags = ['status'];
  // By the wall clock: a simulation or a replay has a time of its own, the process has not.
  const uptimeMs = (): number => Math.max(0, Date.now() - deps.startedAtMs);

  const healthSummary = 'The process is alive';
  fastify.get(
    '/healthz',
    {
      config: PROBE,
      schema: { summary: healthSummary, tags, response: answers('HealthBody', healthSummary) },
    },
    (): HealthBody => ({ status: 'alive', uptimeMs: uptimeMs() }),
  );

  const readySummary = 'The service can do its work; 503 says what is missing';
  const notReady = { 503: { description: 'Not ready', $ref: 'ReadyBody#' } };
  fastify.get(
    '/readyz',
    {
      config: PROBE,
      schema: {
        summary: readySummary,
        tags,
        response: { ...answers('ReadyBody', readySummary), ...notReady },
      },
    },
    async (request, reply) => {
      const all = readiness(context);
      const body = (await context.access.maySee({ headers: request.headers, address: request.ip }, 'read'))
        ? all
        : inBrief(all);
      return reply.code(body.ready ? 200 : 503).send(body);
    },
  );

  const metricsSummary = 'Prometheus metrics';
  fastify.get(
    '/metrics',
    {
      config: READ,
      schema: {
        summary: metricsSummary,
        tags,
        response: {
          200: { description: metricsSummary, content: { 'text/plain': { schema: { type: 'string' } } } },
        },
      },
    },
    async (_request, reply) => {
      const { registry } = deps.metrics;
      return reply.header('content-type', registry.contentType).send(await registry.metrics());
    },
  );

  const statusSummary = 'What this service is doing, zone by zone';
  fastify.get(
    '/v1/status',
    {
      config: READ,
      schema: {
        summary: statusSummary,
        tags,
        querystring: NO_QUERY,
        response: answers('StatusBody', statusSummary),
      },
    },
    (): StatusBody => {
      const { liveView, log, history, errors } = deps;
      const { ready, checks } = readiness(context);
      return {
        service: 'power-nowcast',
        version: programVersion(),
        roles: [...deps.roles],
        startedAt: toIso(deps.startedAtMs),
        serverTime: toIso(nowMs()),
        uptimeMs: uptimeMs(),
        log: { kind: log.kind, epoch: liveView.epoch },
        history: { kind: history.kind },
        ready,
        checks,
        feed: {
          clients: context.feed.clientCount,
          seq: liveView.state.seq,
          caughtUp: liveView.progress.caughtUp,
        },
        zones: context.zones.list().map((zone) => zoneStatus(context, zone)),
        ...sourceStatus(deps.sources),
        topics: liveView.progress.positions(),
        counts: {
          records: Object.fromEntries(liveView.records),
          undecodable: liveView.undecodable,
          qualityEvents: Object.fromEntries(liveView.state.qualityEvents),
        },
        errors: errors.list().map(({ atMs, ...error }) => ({ at: toIso(atMs), ...error })),
      };
    },
  );
}

function readiness(context: RouteContext): ReadyBody {
  const { ready, checks } = context.deps.health.readiness();
  const missing = checks.filter((check) => !check.ok).map((check) => `${check.name}: ${check.detail}`);
  const detail = ready ? 'ready' : `not ready: ${missing.join('; ')}`;
  const shown = [...checks, ...inputChecks(context)].map((check) => ({
    ...check,
    sinceMs: Math.round(check.sinceMs),
  }));
  return { ready, detail, checks: shown };
}

/** For callers that may not read: whether it is ready, and nothing of what is missing. */
function inBrief({ ready }: ReadyBody): ReadyBody {
  return { ready, detail: ready ? 'ready' : 'not ready; what is missing needs the scope read', checks: [] };
}
