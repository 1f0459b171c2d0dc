import type { ServerResponse } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Alert } from '../../src/contracts/records.js';
import { toIso } from '../../src/contracts/time.js';
import { openEmbeddedLog } from '../../src/log/embedded-log.js';
import type { EventLog } from '../../src/log/event-log.js';
import { openLocalCodec } from '../../src/log/local-codec.js';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { loadTopicSpecs } from '../../src/log/topic-specs.js';
import { createMetrics, type Metrics } from '../../src/ops/metrics.js';
import { measureAttempt, measureQueue } from '../../src/webhooks/measure.js';
import { WebhookService, type WebhookServiceOptions } from '../../src/webhooks/service.js';
import { START_MS } from '../feed/records.js';
import { Receiver, status } from './receiver.js';

let dir: string;
let log: EventLog;
let codec: SchemaCodec;
let receiver: Receiver;
const open: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-gateways-'));
  log = await openLog();
  await log.ensureTopics(loadTopicSpecs());
  codec = await openLocalCodec({ dir });
  await codec.register(['alerts', 'models', 'training.runs']);
  receiver = await Receiver.start();
});
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
  await receiver.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function openLog(): Promise<EventLog> {
  const opened = await openEmbeddedLog({ dir: path.join(dir, 'log') });
  open.push(opened);
  return opened;
}

/** Webhooks as a gateway has them, in a data directory. */
function gateway(dataDir: string, more: Partial<WebhookServiceOptions> = {}): WebhookService {
  const service = WebhookService.open({
    dir: path.join(dir, dataDir, 'webhooks'),
    allowPrivate: true,
    userAgent: 'test',
    timeoutMs: 10_000,
    retryWaitsMs: [5, 5, 5],
    pollMs: 5,
    followAgainMs: 10,
    ...more,
  });
  open.push(service);
  return service;
}

async function raise(...names: string[]): Promise<void> {
  const records = names.map((name) => {
    const alert: Alert = {
      ...{ id: `mape/A/${name}`, kind: 'mape', severity: 'warning', state: 'raised', zone: 'A' },
      ...{ at: toIso(START_MS), message: 'MAPE is above its limit', value: 3, threshold: 2 },
    };
    return { key: 'k', value: codec.encode('alerts', alert), timestampMs: START_MS };
  });
  await log.append('alerts', records);
}

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000, interval: 10 });
const names = Array.from({ length: 12 }, (_, i) => String(i));

describe('two gateways on one data directory', () => {
  it('send each event once, one attempt at a time', async () => {
    let underWay = 0;
    let most = 0;
    receiver.answer = (_request, response) => {
      most = Math.max(most, ++underWay);
      // Long enough for the other gateway to look for work.
      setTimeout(() => {
        underWay -= 1;
        response.writeHead(204).end();
      }, 30);
    };
    const [one, two] = [gateway('shared'), gateway('shared')];
    const { id } = await one.add({ url: receiver.url });
    await one.follow(log, codec);
    await two.follow(log, codec);
    await raise(...names);
    await eventually(() => expect(two.store.deliveriesOf(id, 'delivered')).toHaveLength(names.length));
    expect(receiver.received.map((received) => received.id).sort()).toEqual(
      two.store
        .deliveriesOf(id)
        .map((delivery) => delivery.id)
        .sort(),
    );
    expect(most).toBe(1);
  });

  it('take over an attempt whose process ended in its midst, once that cannot be under way any more', async () => {
    const one = gateway('shared');
    const { id } = await one.add({ url: receiver.url });
    await one.follow(log, codec);
    const held: ServerResponse[] = [];
    receiver.answer = (_request, response) => {
      held.push(response);
    };
    await raise('1');
    await eventually(() => expect(receiver.received).toHaveLength(1));
    receiver.answer = status(204);
    // Within the time of an attempt nobody else makes one.
    const two = gateway('shared');
    const nowMs = Date.now();
    expect(await two.store.claim(id, 'two', nowMs, nowMs + 1)).toBeNull();
    expect(two.store.claimedUntilMs(id, 'two', nowMs)).toBeGreaterThan(nowMs + 5_000);
    const late = gateway('shared', { nowMs: () => Date.now() + 60_000 });
    await late.follow(log, codec);
    await eventually(() => expect(late.store.deliveriesOf(id, 'delivered')).toHaveLength(1));
    expect(new Set(receiver.received.map((received) => received.id)).size).toBe(1);
    // What becomes of the attempt that was given up does not count any more.
    for (const response of held) response.writeHead(500).end();
    await one.close();
    open.splice(open.indexOf(one), 1);
    expect(late.store.deliveriesOf(id)).toMatchObject([{ status: 'delivered', lastStatus: 204 }]);
  });

  it('stand by where the log lets only one follow, and follow when that one has ended', async () => {
    const one = gateway('shared');
    const { id } = await one.add({ url: receiver.url });
    await one.follow(log, codec);
    const onStandby = vi.fn();
    const two = gateway('shared', { onStandby });
    await two.follow(await openLog(), codec);
    expect(onStandby.mock.calls).toEqual([[true]]);
    await raise('1');
    await eventually(() => expect(two.store.deliveriesOf(id, 'delivered')).toHaveLength(1));
    open.splice(open.indexOf(one), 1);
    await one.close();
    await raise('2');
    await eventually(() => expect(two.store.deliveriesOf(id, 'delivered')).toHaveLength(2));
    expect(receiver.received).toHaveLength(2);
    expect(onStandby.mock.calls).toEqual([[true], [false]]);
  });
});

describe('two gateways on directories of their own', () => {
  it('send what each was told to, with the id of the event, so that a receiver of both can tell', async () => {
    for (const dataDir of ['here', 'there']) {
      const service = gateway(dataDir);
      await service.add({ url: receiver.url });
      await service.follow(log, codec);
    }
    await raise('1', '2');
    await eventually(() => expect(receiver.received).toHaveLength(4));
    const events = receiver.received.map(({ body }) => (JSON.parse(body) as { id: string }).id);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(4);
    expect(new Set(events).size).toBe(2);
    for (const id of events) expect(id).toMatch(/^evt_/);
  });
});

describe('metrics', () => {
  const valueOf = async (metric: Metrics['webhookPending'], outcome?: string): Promise<number | undefined> =>
    (await metric.get()).values.find(({ labels }) => labels['outcome'] === outcome)?.value;

  it('count attempts, retries and what became of deliveries, and show what waits', async () => {
    const metrics = createMetrics();
    const { webhookAttemptsTotal: attempts, webhookDeliveriesTotal: ended } = metrics;
    const service = gateway('one', {
      onAttempt: (_webhook, after) => {
        measureAttempt(metrics, after);
      },
      onQueue: (size) => {
        measureQueue(metrics, size);
      },
    });
    const { id } = await service.add({ url: receiver.url });
    receiver.answer = status(503);
    await service.follow(log, codec);
    await raise('1');
    await eventually(() => expect(service.store.deliveriesOf(id, 'dead')).toHaveLength(1));
    await vi.waitFor(async () => expect(await valueOf(metrics.webhookDead)).toBe(1));
    receiver.answer = status(204);
    await raise('2', '3');
    await eventually(() => expect(service.store.deliveriesOf(id, 'delivered')).toHaveLength(2));
    await vi.waitFor(async () => expect(await valueOf(metrics.webhookPending)).toBe(0));
    const counted = {
      failed: (await attempts.get()).values.find(({ labels }) => labels.outcome === 'failed')?.value,
      ok: (await attempts.get()).values.find(({ labels }) => labels.outcome === 'ok')?.value,
      dead: (await ended.get()).values.find(({ labels }) => labels.outcome === 'dead')?.value,
      delivered: (await ended.get()).values.find(({ labels }) => labels.outcome === 'delivered')?.value,
      retries: (await metrics.webhookRetriesTotal.get()).values[0]?.value,
    };
    expect(counted).toEqual({ failed: 4, ok: 2, dead: 1, delivered: 2, retries: 3 });
    const text = await metrics.registry.metrics();
    expect(text).toContain('nowcast_webhook_delivery_seconds_count 2');
  });
});

describe('the number of webhooks', () => {
  it('has a limit that holds for all gateways of the directory, also at once', async () => {
    const gateways = [gateway('shared', { maxWebhooks: 3 }), gateway('shared', { maxWebhooks: 3 })];
    const added = await Promise.allSettled(
      gateways.flatMap((one) => [1, 2, 3].map(() => one.add({ url: receiver.url }))),
    );
    expect(added.filter(({ status: outcome }) => outcome === 'fulfilled')).toHaveLength(3);
    for (const one of added)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'LIMIT_REACHED' });
    const [first] = gateways[0]?.store.list() ?? [];
    await gateways[0]?.store.remove(first?.id ?? '');
    await gateways[1]?.add({ url: receiver.url });
  });
});
