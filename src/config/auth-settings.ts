import path from 'node:path';
import { NowcastError } from '../contracts/errors.js';
import type { ConfigFile } from '../contracts/generated/config.js';
import type { Environment } from './environment.js';
import { isLoopbackHost } from './loopback.js';

type AuthFile = NonNullable<ConfigFile['auth']>;
type JwtFile = NonNullable<AuthFile['jwt']>;

/** Tokens that are accepted. */
export interface JwtSettings {
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer's public keys are. */
  readonly jwks:
    { readonly url: string; readonly file?: undefined } | { readonly url?: undefined; readonly file: string };
  readonly scopeClaim: string;
  /** Value of the claim → scope; null: the scopes by their own names. */
  readonly scopes: NonNullable<JwtFile['scopes']> | null;
  readonly algorithms: readonly NonNullable<JwtFile['algorithms']>[number][];
  readonly clockToleranceSeconds: number;
}

/** Who may call. */
export interface AuthSettings {
  /** Null: only callers of this machine, when bound to loopback. */
  readonly openRead: boolean | null;
  readonly openExport: boolean | null;
  readonly keysFile: string;
  /** When each key was last used; in the data directory also when the keys are not. */
  readonly keyUseFile: string;
  readonly jwt: JwtSettings | null;
}

/**
 * The settings of a configuration file and the environment, which stands above it; the schema has checked the file.
 * @throws NowcastError CONFIG_INVALID
 */
export function authSettings(file: AuthFile = {}, env: Environment, dataDir: string): AuthSettings {
  const keysFile =
    env.get('NOWCAST_KEYS_FILE') ?? file.keysFile ?? path.join(dataDir, 'keys', 'api-keys.json');
  return {
    openRead: onOrOff('NOWCAST_OPEN_READ', env) ?? file.openRead ?? null,
    openExport: onOrOff('NOWCAST_OPEN_EXPORT', env) ?? file.openExport ?? null,
    keysFile: path.resolve(keysFile),
    keyUseFile: path.join(dataDir, 'keys', 'api-keys-used.json'),
    jwt: jwtSettings(file.jwt, env),
  };
}

function jwtSettings(file: JwtFile | undefined, env: Environment): JwtSettings | null {
  const issuer = env.get('NOWCAST_JWT_ISSUER') ?? file?.issuer;
  const audience = env.get('NOWCAST_JWT_AUDIENCE') ?? file?.audience;
  const url = env.get('NOWCAST_JWKS_URL') ?? file?.jwksUrl;
  const jwksFile = env.get('NOWCAST_JWKS_FILE') ?? file?.jwksFile;
  if ([issuer, audience, url, jwksFile].every((value) => value === undefined)) return null;
  if (issuer === undefined || audience === undefined)
    throw invalid('auth.jwt: issuer and audience are both needed (NOWCAST_JWT_ISSUER, NOWCAST_JWT_AUDIENCE)');
  return {
    issuer,
    audience,
    jwks: jwksOf(url, jwksFile),
    scopeClaim: file?.scopeClaim ?? 'scope',
    scopes: file?.scopes ?? null,
    algorithms: file?.algorithms ?? ['RS256', 'PS256', 'ES256', 'EdDSA'],
    clockToleranceSeconds: file?.clockToleranceSeconds ?? 30,
  };
}

function jwksOf(url: string | undefined, file: string | undefined): JwtSettings['jwks'] {
  if (url !== undefined && file === undefined) return { url: requireSafe(url) };
  if (url === undefined && file !== undefined) return { file: path.resolve(file) };
  throw invalid(
    'auth.jwt: give either jwksUrl (NOWCAST_JWKS_URL) or jwksFile (NOWCAST_JWKS_FILE), and not both',
  );
}

/** Whoever can change the answer on its way can make tokens. */
function requireSafe(url: string): string {
  if (!URL.canParse(url)) throw invalid(`auth.jwt.jwksUrl: ${JSON.stringify(url)} is not an address`);
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname))) return url;
  throw invalid(`auth.jwt.jwksUrl: ${JSON.stringify(url)} must be https, or http on loopback`);
}

function onOrOff(name: string, env: Environment): boolean | undefined {
  const text = env.get(name);
  if (text === undefined || text === 'on' || text === 'off')
    return text === undefined ? undefined : text === 'on';
  throw invalid(`${name}: expected on or off, got ${JSON.stringify(text)}`);
}

function invalid(message: string): NowcastError {
  return new NowcastError('CONFIG_INVALID', message);
}
