import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { open, type Database, type RootDatabase } from 'lmdb';
import { NowcastError } from '../contracts/errors.js';
import { fileProblem } from '../contracts/file-problem.js';
import type { Delivery, DeliveryStatus, Webhook } from './webhook.js';

/** Finished deliveries that are kept of each webhook, newest first, and longest. */
const KEPT = 500;

export interface QueueSize {
  /** Deliveries that wait for an attempt. */
  readonly pending: number;
  /** Dead deliveries that are kept. */
  readonly dead: number;
}

export interface Queue extends QueueSize {
  /** The pending delivery that is due first, or null. */
  readonly next: Delivery | null;
}

/** Who makes the attempts of a webhook now, and until when that is believed. */
interface Claim {
  readonly owner: string;
  /** Epoch milliseconds; a process that ended in mid-attempt leaves its claim behind. */
  readonly untilMs: number;
}

/**
 * Webhooks and their deliveries, in LMDB in the data directory (readable by its owner alone): signing secrets must not
 * stand on a topic that every consumer may read, and a delivery must be durable before the offset of its event is
 * committed. Several processes may use it at a time, as services beside each other and `nowcast webhooks` do: who makes an
 * attempt claims the webhook for it.
 */
export class WebhookStore {
  private constructor(
    private readonly root: RootDatabase,
    private readonly meta: Database<string, string>,
    private readonly hooks: Database<Webhook, string>,
    private readonly deliveries: Database<Delivery, string[]>,
    private readonly claims: Database<Claim, string>,
  ) {}

  /** @throws NowcastError STORAGE_FAILED naming the directory */
  static open(dir: string): WebhookStore {
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      chmodSync(dir, 0o700);
      const root = open({ path: dir, maxDbs: 4 });
      return new WebhookStore(
        root,
        root.openDB<string, string>('meta', { encoding: 'string' }),
        root.openDB<Webhook, string>('webhooks', { encoding: 'json' }),
        root.openDB<Delivery, string[]>('deliveries', { encoding: 'json' }),
        root.openDB<Claim, string>('claims', { encoding: 'json' }),
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

  /** @param max webhooks that there may be @throws NowcastError LIMIT_REACHED */
  async add(webhook: Webhook, max: number): Promise<void> {
    const added = await this.root.transaction(() => {
      if (this.hooks.getKeysCount() >= max) return false;
      void this.hooks.put(webhook.id, webhook);
      return true;
    });
    if (!added) {
      const message = `there are ${max} webhooks already, as many as webhooks.maxWebhooks allows; remove one first, or allow more`;
      throw new NowcastError('LIMIT_REACHED', message);
    }
    await this.root.flushed;
  }

  /** Removes a webhook and all of its deliveries. @throws NowcastError NOT_FOUND */
  async remove(id: string): Promise<Webhook> {
    const webhook = this.get(id);
    await this.root.transaction(() => {
      void this.hooks.remove(id);
      void this.claims.remove(id);
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

  /** What waits for a webhook. */
  queueOf(webhookId: string): Queue {
    let next: Delivery | null = null;
    let pending = 0;
    let dead = 0;
    for (const { value } of this.deliveries.getRange(within(webhookId))) {
      if (value.status === 'dead') dead += 1;
      if (value.status !== 'pending') continue;
      pending += 1;
      if (dueMs(value) < dueMs(next)) next = value;
    }
    return { next, pending, dead };
  }

  /** Until when a webhook is claimed by somebody else, epoch milliseconds; null when it is not. */
  claimedUntilMs(webhookId: string, owner: string, nowMs: number): number | null {
    const claim = this.claims.get(webhookId);
    return claim === undefined || claim.owner === owner || claim.untilMs <= nowMs ? null : claim.untilMs;
  }

  /**
   * Claims a webhook for one attempt, so that no other process makes one at the same time.
   * @returns the delivery to attempt; null when the webhook is another's now, or nothing is due any more
   */
  async claim(webhookId: string, owner: string, nowMs: number, untilMs: number): Promise<Delivery | null> {
    return this.root.transaction(() => {
      if (this.claimedUntilMs(webhookId, owner, nowMs) !== null) return null;
      const { next } = this.queueOf(webhookId);
      if (dueMs(next) > nowMs) return null;
      void this.claims.put(webhookId, { owner, untilMs });
      return next;
    });
  }

  /**
   * Writes what became of a claimed attempt and ends the claim.
   * @returns false when the claim was lost, or the webhook removed meanwhile: then nothing is written
   */
  async settle(delivery: Delivery, owner: string): Promise<boolean> {
    const settled = await this.root.transaction(() => {
      const { webhookId } = delivery;
      if (this.claims.get(webhookId)?.owner !== owner) return false;
      void this.claims.remove(webhookId);
      void this.deliveries.put(keyOf(delivery), delivery);
      return true;
    });
    await this.root.flushed;
    return settled;
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

  /** Changes a delivery, unless its webhook was removed meanwhile. */
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
