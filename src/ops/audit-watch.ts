import { messageOf } from '../contracts/errors.js';
import type { AuditWatch } from './audit.js';
import type { HealthRegistry } from './health.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';

const CHECK = 'audit';

/** Makes an audit that cannot be written seen: counted, logged, and a failing check of /readyz until an entry is written. */
export function watchAudit(parts: {
  readonly metrics: Pick<Metrics, 'auditFailuresTotal'>;
  readonly health: HealthRegistry;
  readonly logger: Logger;
}): AuditWatch {
  const { metrics, health, logger } = parts;
  let failing = false;
  return {
    onFailed: (error) => {
      failing = true;
      metrics.auditFailuresTotal.inc();
      const detail = `audit entries cannot be written: ${messageOf(error)}`;
      health.report(CHECK, { ok: false, detail });
      logger.error(detail);
    },
    onWritten: () => {
      if (!failing) return;
      failing = false;
      health.report(CHECK, { ok: true, detail: 'audit entries can be written again' });
      logger.info('audit entries can be written again');
    },
  };
}
