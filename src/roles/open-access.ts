import { AccessControl } from '../api/auth/access-control.js';
import { AdminKey } from '../api/auth/admin-key.js';
import type { RoleContext } from './context.js';

/** Who may do what with this process, by its configuration. */
export function openAccess({ config }: Pick<RoleContext, 'config'>): AccessControl {
  const { http, admin } = config;
  return new AccessControl({
    checkers: admin.key === undefined ? [] : [new AdminKey(admin.key)],
    open: { host: http.host, openRead: null, openExport: null },
    perAddress: 1200,
    perKey: 6000,
  });
}
