import { AccessControl } from '../api/auth/access-control.js';
import { AdminKey } from '../api/auth/admin-key.js';
import { JwtChecker } from '../api/auth/jwt.js';
import { KeyStore } from '../api/auth/keys/key-store.js';
import { messageOf } from '../contracts/errors.js';
import { accessNotices } from './access-notice.js';
import type { RoleContext } from './context.js';

export interface ProcessAccess {
  readonly access: AccessControl;
  readonly keys: KeyStore;
  close(): Promise<void>;
}

/**
 * Who may do what with this process, by its configuration.
 * @throws NowcastError CONFIG_INVALID when the file of keys or of a token's issuer cannot be used
 */
export function openAccess({ config, logger, health }: RoleContext): ProcessAccess {
  const { http, auth, admin } = config;
  const keys = new KeyStore({
    file: auth.keysFile,
    useFile: auth.keyUseFile,
    onProblem: (error) => {
      health.report('keys', { ok: false, detail: messageOf(error) });
      logger.error(`keys: ${messageOf(error)}`);
    },
    onMended: () => {
      health.report('keys', { ok: true, detail: 'the file of keys can be read again' });
    },
  });
  const access = new AccessControl({
    checkers: [
      ...(admin.key === undefined ? [] : [new AdminKey(admin.key)]),
      keys,
      ...(auth.jwt === null ? [] : [new JwtChecker(auth.jwt)]),
    ],
    open: { host: http.host, openRead: auth.openRead, openExport: auth.openExport },
    perAddress: http.requestsPerMinutePerAddress,
    perKey: http.requestsPerMinutePerKey,
  });
  const hasCredentials = admin.key !== undefined || auth.jwt !== null || keys.configured;
  for (const { level, text } of accessNotices(config, hasCredentials)) logger[level](text);
  return { access, keys, close: () => keys.close() };
}
