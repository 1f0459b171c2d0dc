import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openEmbeddedLog } from '../../src/log/embedded-log.js';
import type { EventLog } from '../../src/log/event-log.js';
import { openLocalCodec } from '../../src/log/local-codec.js';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { loadTopicSpecs } from '../../src/log/topic-specs.js';
import type { Alert, TopicName, TopicRecords } from '../../src/contracts/records.js';
import { toIso } from '../../src/contracts/time.js';
import { WebhookService, type WebhookServiceOptions } from '../../src/webhooks/service.js';
import { makeModel, START_MS } from '../feed/records.js';
import { isSigned, Receiver, status } from './receiver.js';

let dir: string;
let log: EventLog;
let codec: SchemaCodec;
let receiver: Receiver;
let service: WebhookService;
const errors: unknown[] = [];

function open(more: Partial<WebhookServiceOptions> = {}): WebhookService {
  return WebhookService.open({
    dir: path.join(dir, 'webhooks'),
    allowPrivate: true,
    userAgent: 'test',
    // Long enough for a loaded machine; where silence is the point, a test sets its own.
    timeoutMs: 10_000,
    retryWaitsMs: [5, 5, 5],
    pollMs: 20,
    onError: (error) => errors.push(error),
    ...more,
  });
}

async function restart(more: Partial<WebhookServiceOptions> = {}): Promise<void> {
  await service.close();
  service = open(more);
  await service.follow(log, codec);
}

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-webhooks-'));
  log = await openEmbeddedLog({ dir: path.join(dir, 'log') });
  await log.ensureTopics(loadTopicSpecs());
  codec = await openLocalCodec({ dir });
  await codec.register(['alerts', 'models', 'training.runs']);
  receiver = await Receiver.start();
  service = open();
  await service.follow(log, codec);
});
afterEach(async () => {
  await service.close();
  await receiver.stop();
  await log.close();
  rmSync(dir, { recursive: true, force: true });
  expect(errors.splice(0)).toEqual([]);
});

const alertOf = (detail: string, zone: string | null = 'A', state: Alert['state'] = 'raised'): Alert => ({
  id: `mape/${String(zone)}/${detail}`,
  kind: 'mape',
  severity: 'warning',
  state,
  zone,
  at: toIso(START_MS),
  message: 'MAPE is above its limit',
  value: 3,
  threshold: 2,
});

async function append<T extends TopicName>(topic: T, ...values: TopicRecords[T][]): Promise<void> {
  const records = values.map((value) => ({
    key: 'k',
    value: codec.encode(topic, value),
    timestampMs: START_MS,
  }));
  await log.append(topic, records);
}

/** Until it holds: how long that takes is the machine's business. */
const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000, interval: 20 });
const types = (): string[] => receiver.received.map(({ type }) => type);
const received = (count: number): Promise<void> =>
  eventually(() => {
    expect(receiver.received.length).toBeGreaterThanOrEqual(count);
  });

describe('deliveries', () => {
  it('are signed, and of the events and zones that were asked for', async () => {
    const { secret } = await service.add({
      url: receiver.url,
      events: ['alert.*', 'model.promoted'],
      zones: ['A'],
    });
    await append(
      'alerts',
      alertOf('1'),
      alertOf('2', 'B'),
      alertOf('3', null),
      alertOf('1', 'A', 'resolved'),
    );
    await append('models', makeModel('m0', 'A', 'candidate'), makeModel('m1', 'A', 'promoted'));
    await received(3);
    expect(types().sort()).toEqual(['alert.raised', 'alert.resolved', 'model.promoted']);
    for (const one of receiver.received) {
      expect(isSigned(secret, one)).toBe(true);
      expect(isSigned('whsec_AAAA', one)).toBe(false);
      expect(Math.abs(Number(one.headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60);
    }
    const raised = receiver.received.find(({ type }) => type === 'alert.raised');
    expect(JSON.parse(raised?.body ?? '')).toEqual({
      id: expect.stringMatching(/^evt_/) as string,
      type: 'alert.raised',
      timestamp: toIso(START_MS),
      data: alertOf('1'),
    });
    expect(receiver.received.some(({ body }) => body.includes('artifact"'))).toBe(false);
  });

  it('are tried again after errors, a cut connection and silence, under one id', async () => {
    await restart({ timeoutMs: 300, retryWaitsMs: Array.from({ length: 9 }, () => 5) });
    const answers: Receiver['answer'][] = [
      status(500),
      (request) => {
        request.socket.destroy();
      },
      () => undefined,
      status(204),
    ];
    receiver.answer = (request, response) => (answers.shift() ?? status(204))(request, response);
    const { id } = await service.add({ url: receiver.url });
    await append('alerts', alertOf('1'));
    await eventually(() => expect(service.store.deliveriesOf(id, 'delivered')).toHaveLength(1));
    expect(new Set(receiver.received.map((one) => one.id)).size).toBe(1);
    expect(service.store.deliveriesOf(id)[0]).toMatchObject({
      lastStatus: 204,
      lastError: null,
    });
  });

  it('die after the last attempt, and can be replayed', async () => {
    receiver.answer = status(503);
    const { id } = await service.add({ url: receiver.url });
    await append('alerts', alertOf('1'));
    await eventually(() => expect(service.store.deliveriesOf(id, 'dead')).toHaveLength(1));
    expect(service.store.deliveriesOf(id)[0]).toMatchObject({
      attempts: 4,
      nextAttemptAtMs: null,
      lastError: 'the receiver answered 503',
    });
    receiver.answer = status(200);
    expect(await service.replay(id)).toBe(1);
    await eventually(() => expect(service.store.deliveriesOf(id, 'delivered')).toHaveLength(1));
    expect(new Set(receiver.received.map((one) => one.id)).size).toBe(1);
    expect(await service.replay(id)).toBe(0);
    const [delivery] = service.store.deliveriesOf(id);
    expect(await service.replay(id, delivery?.id)).toBe(1);
    await received(6);
    await expect(service.replay(id, 'none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('hold up no other webhook when a receiver is slow', async () => {
    const slow = await Receiver.start();
    slow.answer = () => undefined;
    try {
      await service.add({ url: slow.url });
      await service.add({ url: receiver.url });
      await append('alerts', alertOf('1'), alertOf('2'), alertOf('3'));
      await received(3);
      expect(slow.received.length).toBeLessThan(3);
    } finally {
      await slow.stop();
    }
  });

  it('do not follow redirects', async () => {
    const elsewhere = await Receiver.start();
    try {
      receiver.answer = status(307, { location: elsewhere.url });
      const { id } = await service.add({ url: receiver.url });
      expect(await service.test(id)).toMatchObject({ ok: false, status: 307 });
      expect(elsewhere.received).toEqual([]);
    } finally {
      await elsewhere.stop();
    }
  });

  it('are not sent to a receiver whose certificate is wrong', async () => {
    const key = path.join(dir, 'key.pem');
    const cert = path.join(dir, 'cert.pem');
    const subject = ['-subj', '/CN=somebody.example', '-days', '1', '-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject], { stdio: 'pipe' });
    const secure = await Receiver.start(0, {
      key: readFileSync(key, 'utf8'),
      cert: readFileSync(cert, 'utf8'),
    });
    try {
      const { id } = await service.add({ url: secure.url });
      const result = await service.test(id);
      expect(result).toMatchObject({ ok: false, status: null });
      expect(result.error).toMatch(/certificate|SELF_SIGNED/i);
      expect(secure.received).toEqual([]);
    } finally {
      await secure.stop();
    }
  });
});

describe('a restart', () => {
  it('goes on with what was pending, and with what came meanwhile, each once', async () => {
    const { port } = receiver;
    await service.add({ url: receiver.url });
    await receiver.stop();
    await append('alerts', alertOf('1'));
    const [hook] = service.store.list();
    await eventually(() =>
      expect(service.store.deliveriesOf(hook?.id ?? '')[0]?.attempts).toBeGreaterThan(0),
    );
    await service.close();
    await append('alerts', alertOf('2'), alertOf('2'));
    receiver = await Receiver.start(port);
    service = open({ retryWaitsMs: [5, 5, 5, 5, 5, 5] });
    if (hook !== undefined) await service.replay(hook.id);
    await service.follow(log, codec);
    await received(2);
    await restart();
    await append('alerts', alertOf('3'));
    await received(3);
    const bodies = receiver.received.map(({ body }) => (JSON.parse(body) as { data: Alert }).data.id);
    expect(bodies.sort()).toEqual(['mape/A/1', 'mape/A/2', 'mape/A/3']);
  });

  it('of a store that is new does not send what was before it', async () => {
    await service.close();
    await append('alerts', alertOf('old'));
    service = open({ dir: path.join(dir, 'other') });
    await service.add({ url: receiver.url });
    await service.follow(log, codec);
    await append('alerts', alertOf('new'));
    await received(1);
    expect(receiver.received.map(({ body }) => body.includes('/new'))).toEqual([true]);
  });
});

describe('webhooks', () => {
  it('are kept where nobody else can read them', async () => {
    await service.add({ url: receiver.url });
    expect(statSync(path.join(dir, 'webhooks')).mode & 0o077).toBe(0);
  });

  it('that are removed get nothing more', async () => {
    receiver.answer = status(500);
    const { id } = await service.add({ url: receiver.url });
    await append('alerts', alertOf('1'));
    await received(1);
    await service.store.remove(id);
    expect(service.store.deliveriesOf(id)).toEqual([]);
    expect(() => service.store.get(id)).toThrow(/there is no webhook/);
  });

  it('of private addresses are refused unless allowed, by number and by name', async () => {
    await restart({ allowPrivate: false });
    for (const url of ['https://127.0.0.1/', 'https://10.0.0.1/', 'https://[::1]/', 'http://example.org/'])
      await expect(service.add({ url })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    const { id } = await service.add({ url: `https://localhost:${receiver.port}/hook` });
    expect(await service.test(id)).toMatchObject({
      ok: false,
      error: expect.stringContaining('localhost is a private') as string,
    });
    expect(receiver.received).toEqual([]);
  });
});
