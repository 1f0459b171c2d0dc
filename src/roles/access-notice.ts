import { isLoopbackHost } from '../config/loopback.js';
import type { RuntimeConfig } from '../config/types.js';

export interface AccessNotice {
  readonly level: 'info' | 'warn';
  readonly text: string;
}

/**
 * What an operator should know at the start about who may call; nothing for a service that only this machine reaches.
 * @param hasCredentials whether there is any key, token issuer or admin key
 */
export function accessNotices(
  { http, auth }: Pick<RuntimeConfig, 'http' | 'auth'>,
  hasCredentials: boolean,
): AccessNotice[] {
  if (isLoopbackHost(http.host)) return [];
  const notices: AccessNotice[] = [];
  const open = [auth.openRead === true ? 'read' : '', auth.openExport === true ? 'export' : ''].filter(
    (one) => one !== '',
  );
  if (open.length > 0)
    notices.push({
      level: 'warn',
      text: `everybody who reaches ${http.host} may ${open.join(' and ')} without a key`,
    });
  else if (!hasCredentials)
    notices.push({
      level: 'warn',
      text: `bound to ${http.host}, where calls need a key, and there is none yet; make one with \`nowcast keys create\``,
    });
  if (hasCredentials && http.tls === null)
    notices.push({
      level: 'info',
      text: 'keys and tokens come over plain HTTP: let a proxy speak TLS in front, or set http.tls',
    });
  return notices;
}
