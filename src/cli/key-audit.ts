import type { RuntimeConfig } from '../config/types.js';
import { messageOf } from '../contracts/errors.js';
import type { ApiKeyRecord } from '../contracts/generated/api-keys.js';
import { AuditTrail } from '../ops/audit.js';
import { createLogger } from '../ops/logger.js';
import { openContext } from '../roles/context.js';
import { cliActor } from './cli-actor.js';

/**
 * Writes a change of a key to the audit. The change is made already, and revoking a key must not depend on a log that is
 * away: then a warning says that the entry is missing.
 */
export async function writeKeyAudit(
  config: RuntimeConfig,
  action: string,
  { id, name, scopes, expiresAt }: ApiKeyRecord,
  details: Readonly<Record<string, string>> = {},
): Promise<void> {
  try {
    const context = await openContext({ config, logger: createLogger({ level: 'silent', pretty: false }) });
    try {
      await new AuditTrail(context.log, context.codec, context.now).write(
        cliActor(),
        action,
        `key:${id}`,
        'ok',
        {
          name,
          scopes: scopes.join(','),
          expires: expiresAt ?? 'never',
          ...details,
        },
      );
    } finally {
      await context.close();
    }
  } catch (error) {
    process.stderr.write(`the change is made, but not in the audit: ${messageOf(error)}\n`);
  }
}
