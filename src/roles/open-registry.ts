import { ModelRegistry } from '../model/registry.js';
import { openTrustedKeys } from '../model/signing-keys.js';
import { AuditTrail } from '../ops/audit.js';
import { watchAudit } from '../ops/audit-watch.js';
import type { RoleContext } from './context.js';

/** The model registry of a process and the audit that it writes. */
export function openRegistry(context: RoleContext): {
  readonly registry: ModelRegistry;
  readonly audit: AuditTrail;
} {
  const { log, codec, config, now } = context;
  const audit = new AuditTrail(log, codec, now, watchAudit(context));
  const registry = new ModelRegistry({ log, codec, audit, now, trusted: () => openTrustedKeys(config) });
  return { registry, audit };
}
