import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { open, type Database, type RootDatabase } from 'lmdb';
import { NowcastError } from '../contracts/errors.js';
import { fileProblem } from '../contracts/file-problem.js';
import type { Delivery, DeliveryStatus, Webhook } from './webhook.js';

/** Finished deliveries that are kept of each webhook, newest first, and longest. */
const KEPT = 500;

/**
 * Webhooks and their deliveries, in LMDB in the data directory (readable by its owner alone): signing secrets must not
 * stand on a topic that every consumer may read, and a delivery must be durable before the offset of its event is
 * committed. Several processes may use it at a time, as the service and `nowcast webhooks` do.
 */
export class WebhookStore {
  private constructor(
    private readonly root: RootDatabase,
    private readonly meta: Database<string, string>,
    private readonly hooks: Database<Webhook, string>,
    private readonly deliveries: Database<Delivery, string[]>,
  ) {}

  /** @throws NowcastError STORAGE_FAILED naming the directory */
  static open(dir: string): WebhookStore {
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      chmodSync(dir, 0o700);
      const root = open({ path: dir, maxDbs: 3 });
      return new WebhookStore(
        root,
        root.openDB<string, string>('meta', { encoding: 'string' }),
        root.openDB<Webhook, string>('webhooks', { encoding: 'json' }),
        root.openDB<Delivery, string[]>('deliveries', { encoding: 'json' }),
      );
    } catch (error) {
      throw new NowcastError('STORAGE_FAILED', `webhooks in ${dir} cannot be opened: ${fileProblem(error)}`, {
        cause: error,
      });
    }
  }

  /** Identity of this store: its place in the log is its own, whoever else has webhooks. */
  async identity(): Promise<string> {
    await this.meta.ifNoExists('identity', () => {
      void this.meta.put('identity', randomUUID());
    });
    return this.meta.get('identity') ?? '';
  }

  list(): Webhook[] {
    return [...this.hooks.getRange()].map(({ value }) => value);
  }

  /** @throws NowcastError NOT_FOUND */
  get(id: string): Webhook {
    const webhook = this.hooks.get(id);
    if (webhook !== undefined) return webhook;
    throw new NowcastError('NOT_FOUND', `there is no webhook ${JSON.stringify(id)}`);
  }

  async add(webhook: Webhook): Promise<void> {
    await this.hooks.put(webhook.id, webhook);
    await this.root.flushed;
  }

  /** Removes a webhook and all of its deliveries. @throws NowcastError NOT_FOUND */
  async remove(id: string): Promise<Webhook> {
    const webhook = this.get(id);
    await this.root.transaction(() => {
      void this.hooks.remove(id);
      for (const key of this.deliveries.getKeys(within(id))) void this.deliveries.remove(key);
    });
    await this.root.flushed;
    return webhook;
  }

  /** Newest first. */
  deliveriesOf(webhookId: string, status?: DeliveryStatus): Delivery[] {
    return [...this.deliveries.getRange(within(webhookId))]
      .map(({ value }) => value)
      .filter((delivery) => status === undefined || delivery.status === status)
      .sort((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? -1 : 1));
  }

  /** The pending delivery of a webhook that is due first, or null. */
  nextDue(webhookId: string): Delivery | null {
    let first: Delivery | null = null;
    for (const { value } of this.deliveries.getRange(within(webhookId))) {
      if (value.status === 'pending' && dueMs(value) < dueMs(first)) first = value;
    }
    return first;
  }

  /** Adds those that are not there yet, durably: an event that is read again is no second delivery. */
  async addNew(deliveries: readonly Delivery[]): Promise<void> {
    if (deliveries.length === 0) return;
    await this.root.transaction(() => {
      for (const delivery of deliveries) {
        const key = keyOf(delivery);
        if (!this.deliveries.doesExist(key)) void this.deliveries.put(key, delivery);
      }
    });
    await this.root.flushed;
  }

  /** Writes what became of an attempt, unless the webhook was removed meanwhile. */
  async update(delivery: Delivery): Promise<void> {
    await this.root.transaction(() => {
      const key = keyOf(delivery);
      if (this.deliveries.doesExist(key)) void this.deliveries.put(key, delivery);
    });
    await this.root.flushed;
  }

  /** Forgets the oldest finished deliveries of a webhook beyond those that are kept. */
  async prune(webhookId: string): Promise<void> {
    const finished = this.deliveriesOf(webhookId).filter(({ status }) => status !== 'pending');
    if (finished.length <= KEPT) return;
    await this.root.transaction(() => {
      for (const delivery of finished.slice(KEPT)) void this.deliveries.remove(keyOf(delivery));
    });
  }

  async close(): Promise<void> {
    await this.root.close();
  }
}

function keyOf({ webhookId, id }: Delivery): string[] {
  return [webhookId, id];
}

function within(webhookId: string): { start: string[]; end: string[] } {
  return { start: [webhookId], end: [webhookId, '\uffff'] };
}

function dueMs(delivery: Delivery | null): number {
  return delivery?.nextAttemptAtMs ?? Number.POSITIVE_INFINITY;
}
