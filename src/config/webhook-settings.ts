import path from 'node:path';
import type { ConfigFile } from '../contracts/generated/config.js';

const DEFAULT_TIMEOUT_SECONDS = 10;
const DEFAULT_MAX_WEBHOOKS = 100;

export interface WebhookSettings {
  /** Directory of the webhooks and their deliveries. */
  readonly dir: string;
  /** Private, loopback and link-local addresses, and http, may be used. */
  readonly allowPrivate: boolean;
  readonly timeoutMs: number;
  /** Webhooks that there may be at a time. */
  readonly maxWebhooks: number;
}

/** The settings of a configuration file; the schema has checked the values. */
export function webhookSettings(file: ConfigFile['webhooks'], dataDir: string): WebhookSettings {
  return {
    dir: path.join(dataDir, 'webhooks'),
    allowPrivate: file?.allowPrivateAddresses ?? false,
    timeoutMs: (file?.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
    maxWebhooks: file?.maxWebhooks ?? DEFAULT_MAX_WEBHOOKS,
  };
}
