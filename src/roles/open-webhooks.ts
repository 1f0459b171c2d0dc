import { packageVersion } from '../config/package-root.js';
import { messageOf } from '../contracts/errors.js';
import { WebhookService } from '../webhooks/service.js';
import type { RoleContext } from './context.js';

/** The webhooks of a process, by its configuration. Nothing is followed or sent yet. @throws NowcastError STORAGE_FAILED */
export function openWebhooks({ config, logger }: Pick<RoleContext, 'config' | 'logger'>): WebhookService {
  const { dir, allowPrivate, timeoutMs } = config.webhooks;
  return WebhookService.open({
    dir,
    allowPrivate,
    timeoutMs,
    userAgent: `power-nowcast/${packageVersion()}`,
    onAttempt: ({ id }, { status, type, attempts, lastError }) => {
      const what = `webhook ${id}: ${type} ${status} after ${attempts} attempts`;
      if (lastError === null) logger.info(what);
      else logger.warn(`${what}: ${lastError}`);
    },
    onError: (error) => {
      logger.warn(`webhooks: ${messageOf(error)}`);
    },
  });
}
