import type { IncomingHttpHeaders } from 'node:http';
import { isLoopbackHost } from '../../config/loopback.js';
import type { Scope } from './scopes.js';

export interface OpenAccessSettings {
  /** Address that the server binds. */
  readonly host: string;
  /** Null: open when bound to loopback only. */
  readonly openRead: boolean | null;
  readonly openExport: boolean | null;
}

/** Headers by which a proxy says for whom it asks. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/**
 * What a caller without a credential may do. Said in the configuration, it holds for every caller. By default it is
 * `read` and `export` when the server is bound to loopback, and then only for callers of this machine: one that came
 * through a proxy is from elsewhere, and a Host that is not of this machine is a page that rebinds its name to it.
 */
export function openScopes(
  { host, openRead, openExport }: OpenAccessSettings,
  headers: IncomingHttpHeaders,
): ReadonlySet<Scope> {
  const local = isLoopbackHost(host) && isLocalCall(headers);
  const scopes = new Set<Scope>();
  if (openRead ?? local) scopes.add('read');
  if (openExport ?? local) scopes.add('export');
  return scopes;
}

function isLocalCall(headers: IncomingHttpHeaders): boolean {
  if (FORWARDED.some((name) => headers[name] !== undefined)) return false;
  const { host } = headers;
  return host !== undefined && isLoopbackHost(host.replace(/:\d*$/, ''));
}
