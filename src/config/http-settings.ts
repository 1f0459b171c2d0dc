import ipaddr from 'ipaddr.js';
import { NowcastError } from '../contracts/errors.js';
import type { ConfigFile } from '../contracts/generated/config.js';

type HttpFile = NonNullable<ConfigFile['http']>;

/** How the service listens, and to whom. */
export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  /** Origins of pages elsewhere that may read the API. */
  readonly allowedOrigins: readonly string[];
  /** Origins of pages elsewhere that may open the feed. */
  readonly feedOrigins: readonly string[];
  /** Proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly requestsPerMinutePerAddress: number;
  readonly requestsPerMinutePerKey: number;
  readonly tls: HttpFile['tls'] | null;
}

/** What the environment and the command line say, if anything. */
export interface HttpOverrides {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly allowedOrigins: readonly string[] | undefined;
  readonly trustedProxies: readonly string[] | undefined;
}

/**
 * The settings of a configuration file, completed with the defaults; the schema has checked the values.
 * @throws NowcastError CONFIG_INVALID for an origin or a proxy that could never match
 */
export function httpSettings(file: HttpFile = {}, over: HttpOverrides): HttpSettings {
  const allowedOrigins = over.allowedOrigins ?? file.allowedOrigins ?? [];
  const feedOrigins = file.feedOrigins ?? allowedOrigins;
  const trustedProxies = over.trustedProxies ?? file.trustedProxies ?? [];
  for (const origin of [...allowedOrigins, ...feedOrigins]) requireOrigin(origin);
  for (const proxy of trustedProxies) requireNetwork(proxy);
  return {
    host: over.host ?? file.host ?? '127.0.0.1',
    port: over.port ?? file.port ?? 8080,
    allowedOrigins,
    feedOrigins,
    trustedProxies,
    requestsPerMinutePerAddress: file.requestsPerMinutePerAddress ?? 1200,
    requestsPerMinutePerKey: file.requestsPerMinutePerKey ?? 6000,
    tls: file.tls ?? null,
  };
}

/** Browsers send scheme, host and port alone; an entry with a path would never match. */
function requireOrigin(origin: string): void {
  if (origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin)) return;
  const example = 'https://dashboard.example.org';
  throw new NowcastError(
    'CONFIG_INVALID',
    `http.allowedOrigins: ${JSON.stringify(origin)} is not an origin such as ${example} (no path, no default port)`,
  );
}

function requireNetwork(text: string): void {
  if (ipaddr.isValid(text) || ipaddr.isValidCIDR(text)) return;
  throw new NowcastError(
    'CONFIG_INVALID',
    `http.trustedProxies: ${JSON.stringify(text)} is not an address or network such as 10.0.0.0/8`,
  );
}
