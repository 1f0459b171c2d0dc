import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { NowcastError } from '../../contracts/errors.js';
import type { Access } from './scopes.js';

/** What is written to the audit about each call of a route, allowed or refused. */
export interface RouteAudit {
  /** For example `models.promote`. */
  readonly action: string;
  /** On what; `unknown` where it cannot be told before the body is read. */
  readonly target?: (request: FastifyRequest) => string;
  /**
   * A call that changes something is in the audit before it is made (`begun`), and not made when that fails. `handler`: the
   * handler sees to it. `never`: the change must not depend on the log; only what came of it is written.
   */
  readonly begun?: 'handler' | 'never';
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope that the route asks for, or `open`. The one place where it is said. */
    access?: Access;
    /** Required of `operate` and `admin` routes. */
    audit?: RouteAudit;
    /** Probes are asked often and by machines, so the rate limit leaves them alone. */
    unlimited?: boolean;
  }
}

/** For `config` of routes that only read. */
export const READ = { access: 'read' } as const;
/** For `config` of routes that hand out much at once. */
export const EXPORT = { access: 'export' } as const;

export interface DeclaredRoute {
  readonly method: string;
  /** As registered, for example /v1/models/:version/promote. */
  readonly url: string;
  readonly access: Access;
  readonly action: string | null;
}

/**
 * Collects what every route declares. Call before any route is registered.
 * @returns the routes; complete once the server is ready, which fails when one of them declares no access
 */
export function collectRoutes(fastify: FastifyInstance): readonly DeclaredRoute[] {
  const registered: RouteOptions[] = [];
  const declared: DeclaredRoute[] = [];
  fastify.addHook('onRoute', (route) => {
    registered.push(route);
  });
  fastify.addHook('onReady', (done) => {
    // Only now: a scope of routes may have set the access of its own after the hook above ran.
    for (const route of registered) declared.push(...declarationsOf(route));
    done();
  });
  return declared;
}

/** All routes of a scope that do not say otherwise are open: pages and files that hold no data. Call first in the scope. */
export function openScope(scope: FastifyInstance): void {
  scope.addHook('onRoute', (route) => {
    route.config = { access: 'open', ...route.config };
  });
}

function declarationsOf({ method, url, config }: RouteOptions): DeclaredRoute[] {
  const name = `${String(method)} ${url}`;
  const access = config?.access;
  if (access === undefined)
    throw new NowcastError('INTERNAL', `route ${name} declares no access; give it config.access`);
  if ((access === 'operate' || access === 'admin') && config?.audit === undefined)
    throw new NowcastError('INTERNAL', `route ${name} is not audited; give it config.audit`);
  const action = config?.audit?.action ?? null;
  return [method].flat().map((one) => ({ method: one, url, access, action }));
}
