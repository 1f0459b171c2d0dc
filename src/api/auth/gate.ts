import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NowcastError } from '../../contracts/errors.js';
import type { Actor, AuditTrail } from '../../ops/audit.js';
import type { RecentErrors } from '../../ops/recent-errors.js';
import { tooMany, type AccessControl, type Identified } from './access-control.js';
import { ANONYMOUS, type Principal } from './principal.js';
import type { RouteAudit } from './route-access.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; null until the gate has identified the caller, and on open routes. */
    principal: Principal | null;
    /** The actor of the call in the audit. */
    actor: Actor | null;
    /** Set when nothing is to be written about this call. */
    unaudited: boolean;
    /** Code of the problem that was answered, if any. */
    problemCode: string | null;
  }
}

export interface GateDeps {
  readonly access: AccessControl;
  readonly audit: AuditTrail;
  readonly errors: RecentErrors;
}

const REFUSED = [401, 403, 429];

/**
 * Stands before every route: who calls, whether that caller has calls left, whether it has the scope that the route
 * declares. What was asked of `operate` and `admin` routes is in the audit before it is answered, and a change before it is
 * made: when that cannot be written, the call fails.
 */
export function installGate(fastify: FastifyInstance, { access, audit, errors }: GateDeps): void {
  fastify.decorateRequest('principal', null);
  fastify.decorateRequest('actor', null);
  fastify.decorateRequest('unaudited', false);
  fastify.decorateRequest('problemCode', null);
  fastify.addHook('onRequest', async (request, reply) => {
    const { access: wanted = 'open', unlimited = false } = request.routeOptions.config;
    if (unlimited && request.headers.authorization === undefined) return;
    const identified = await access.identify({ headers: request.headers, address: request.ip });
    request.actor = actorOf(identified, request);
    limit(identified, request, reply);
    if (wanted === 'open') return;
    if (identified.refusal !== null) throw identified.refusal;
    access.requireScope(identified.principal, wanted);
    request.principal = identified.principal;
  });
  fastify.addHook('preHandler', async (request) => {
    const { audit: audited } = request.routeOptions.config;
    if (audited === undefined || audited.begun !== undefined || !changes(request)) return;
    await audit.begin(requireActor(request), audited.action, targetOf(request, audited));
  });
  fastify.addHook('onSend', async (request, reply) => {
    const { audit: audited } = request.routeOptions.config;
    // A handler that wrote its own entry knew more.
    if (audited === undefined || request.unaudited || request.actor === null) return;
    if (audit.hasWritten(request.actor)) return;
    const { action } = audited;
    const target = targetOf(request, audited);
    const outcome = outcomeOf(reply.statusCode);
    try {
      if (outcome === 'ok' && changes(request)) await audit.done(request.actor, action, target);
      else await audit.write(request.actor, action, target, outcome, errorOf(request));
    } catch (error) {
      // What is refused or only read is answered all the same; the audit's watch has told that its entry is missing.
      errors.add('audit', error);
      request.unaudited = true;
      if (outcome !== 'ok' || !changes(request)) return;
      void reply.removeHeader('location');
      throw error;
    }
  });
}

/** Whether a call can change something, by its method. */
function changes({ method }: FastifyRequest): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(method);
}

function targetOf(request: FastifyRequest, { target }: RouteAudit): string {
  return target?.(request) ?? 'unknown';
}

function errorOf({ problemCode }: FastifyRequest): Record<string, string> {
  return problemCode === null ? {} : { error: problemCode };
}

/** The actor of an audited route. */
export function requireActor(request: FastifyRequest): Actor {
  if (request.actor !== null) return request.actor;
  throw new NowcastError('INTERNAL', `${request.url} was reached past the gate`);
}

function limit({ rate }: Identified, request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-ratelimit-limit', rate.limit).header('x-ratelimit-remaining', rate.remaining);
  if (rate.allowed) return;
  // One entry tells that somebody is being refused; thousands would fill the audit instead.
  request.unaudited = !rate.firstRefusal;
  void reply.header('retry-after', rate.retryAfterSeconds);
  throw tooMany(rate);
}

function actorOf({ principal, refusal }: Identified, request: FastifyRequest): Actor {
  const address = request.ip;
  if (principal === null) {
    const owner = refusal.context['principal'];
    return { name: typeof owner === 'string' ? owner : ANONYMOUS, details: { via: 'api', address } };
  }
  const named = principal.name === principal.id ? {} : { name: principal.name };
  return { name: principal.id, details: { via: 'api', address, ...named } };
}

function outcomeOf(status: number): 'ok' | 'denied' | 'failed' {
  if (status < 400) return 'ok';
  return REFUSED.includes(status) ? 'denied' : 'failed';
}
