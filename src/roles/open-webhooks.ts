import { packageVersion } from '../config/package-root.js';
import { messageOf } from '../contracts/errors.js';
import { measureAttempt, measureQueue } from '../webhooks/measure.js';
import { WebhookService } from '../webhooks/service.js';
import type { RoleContext } from './context.js';

/** The webhooks of a process, by its configuration. Nothing is followed or sent yet. @throws NowcastError STORAGE_FAILED */
export function openWebhooks(context: Pick<RoleContext, 'config' | 'logger' | 'metrics'>): WebhookService {
  const { config, logger, metrics } = context;
  return WebhookService.open({
    ...config.webhooks,
    userAgent: `power-nowcast/${packageVersion()}`,
    onQueue: (size) => {
      measureQueue(metrics, size);
    },
    onStandby: (standingBy) => {
      logger.info(
        standingBy
          ? 'webhooks: another process of this data directory takes their events in; this one stands by'
          : 'webhooks: this process takes their events in now',
      );
    },
    onAttempt: ({ id }, after) => {
      measureAttempt(metrics, after);
      const { status, type, attempts, lastError } = after;
      const what = `webhook ${id}: ${type} ${status} after ${attempts} attempts`;
      if (lastError === null) logger.info(what);
      else logger.warn(`${what}: ${lastError}`);
    },
    onError: (error) => {
      logger.warn(`webhooks: ${messageOf(error)}`);
    },
  });
}
