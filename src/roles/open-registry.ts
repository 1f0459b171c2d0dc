import { ModelRegistry } from '../model/registry.js';
import { openTrustedKeys } from '../model/signing-keys.js';
import { AuditTrail } from '../ops/audit.js';
import type { RoleContext } from './context.js';

/** The model registry of a process and the audit that it writes. */
export function openRegistry({ log, codec, config, now }: RoleContext): {
  readonly registry: ModelRegistry;
  readonly audit: AuditTrail;
} {
  const audit = new AuditTrail(log, codec, now);
  const registry = new ModelRegistry({ log, codec, audit, now, trusted: () => openTrustedKeys(config) });
  return { registry, audit };
}
