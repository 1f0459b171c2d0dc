import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/contracts/records.js';
import { WebhookStore } from '../../src/webhooks/webhook-store.js';
import type { Delivery } from '../../src/webhooks/webhook.js';
import { runHere } from '../integration/support/in-process.js';
import { readTopic, withEmbedded } from '../integration/support/topic.js';
import { isSigned, Receiver, status } from '../webhooks/receiver.js';

/** The commands as a user gives them, in this process. */
describe('nowcast webhooks', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'nowcast-webhooks-cli-'));
  const config = path.join(dir, 'config.json');
  const dataDir = path.join(dir, 'data');
  let receiver: Receiver;

  beforeAll(async () => {
    receiver = await Receiver.start();
    const webhooks = { allowPrivateAddresses: true, maxWebhooks: 3 };
    writeFileSync(config, JSON.stringify({ webhooks }));
  });
  afterEach(() => {
    receiver.received.length = 0;
    receiver.answer = status(204);
  });
  afterAll(async () => {
    await receiver.stop();
    rmSync(dir, { recursive: true });
  });

  const webhooks = (...args: string[]) =>
    runHere(['webhooks', ...args, '--config', config, '--data-dir', dataDir]);
  async function json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await webhooks(...args, '--json');
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as T;
  }
  const audit = (): Promise<AuditEntry[]> =>
    withEmbedded(dataDir, (log, codec) => readTopic(log, codec, 'audit'));
  const list = (): Promise<{ webhooks: { id: string; zones: string[] | null }[] }> => json('list');

  async function withStore<R>(use: (store: WebhookStore) => Promise<R> | R): Promise<R> {
    const store = WebhookStore.open(path.join(dataDir, 'webhooks'));
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }

  it('add prints the secret once; list shows the webhook without it', async () => {
    expect((await webhooks('list')).stdout).toBe('no webhooks; add one with `nowcast webhooks add URL`\n');
    const args = ['--events', 'alert.*', 'model.promoted', '--zone', 'NORTH', '--description', 'on call'];
    const { code, stdout } = await webhooks('add', receiver.url, ...args);
    expect(code).toBe(0);
    const [id = '', told = ''] = stdout.trim().split('\n');
    expect(id).toMatch(/^wh_/);
    expect(told).toMatch(/^signing secret, shown this once: whsec_/);
    const listed = await webhooks('list');
    expect(listed.stdout).toMatch(
      new RegExp(
        `^id +url +events +zones +pending +dead\\n${id} .*alert\\.\\* model\\.promoted +NORTH +0 +0`,
      ),
    );
    expect(listed.stdout).not.toContain('whsec_');
    expect((await list()).webhooks).toEqual([
      {
        id,
        url: receiver.url,
        description: 'on call',
        events: ['alert.*', 'model.promoted'],
        zones: ['NORTH'],
        createdAt: expect.stringMatching(/^20.*Z$/) as string,
      },
    ]);
    const file = path.join(dir, 'list.json');
    expect(await webhooks('list', '--json', file)).toMatchObject({ code: 0, stdout: '' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(await list());
    expect((await audit()).at(-1)).toMatchObject({ action: 'webhooks.add', target: id, outcome: 'ok' });
  });

  it('test sends one signed event, and fails when it is not taken', async () => {
    const { id, secret } = await json<{ id: string; secret: string }>('add', receiver.url);
    const taken = await webhooks('test', id);
    expect(taken).toMatchObject({ code: 0 });
    expect(taken.stdout).toMatch(new RegExp(`^${id} took the test event msg_\\S+ \\(204\\)\\n$`));
    const [received] = receiver.received;
    expect(received?.type).toBe('webhook.test');
    expect(received !== undefined && isSigned(secret, received)).toBe(true);
    receiver.answer = status(500);
    const refused = await webhooks('test', id);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`webhook ${id} did not take the test event: the receiver answered 500`);
    expect(receiver.received).toHaveLength(2);
  });

  it('replay makes dead deliveries pending again, for a service to send', async () => {
    const webhookId = (await list()).webhooks.find(({ zones }) => zones !== null)?.id ?? '';
    const dead = (id: string): Delivery => ({
      ...{ id, webhookId, type: 'alert.raised', body: '{}', status: 'dead', attempts: 10, createdAtMs: 1 },
      ...{ nextAttemptAtMs: null, lastAttemptAtMs: 2, lastStatus: 500, lastError: 'no' },
    });
    await withStore((store) => store.addNew([dead('msg_1'), dead('msg_2'), dead('msg_3')]));
    expect((await webhooks('list')).stdout).toMatch(/NORTH +0 +3/);
    expect((await webhooks('replay', webhookId, '--delivery', 'msg_2')).stdout).toBe(
      '1 deliveries are sent again\n',
    );
    expect(await json('replay', webhookId)).toEqual({ replayed: 2 });
    const after = await withStore((store) => store.deliveriesOf(webhookId));
    expect(after.map(({ status: now, attempts }) => [now, attempts])).toEqual(Array(3).fill(['pending', 0]));
    // It is the service that sends.
    expect(receiver.received).toEqual([]);
    expect((await audit()).at(-1)).toMatchObject({ action: 'webhooks.replay', target: webhookId });
  });

  it('add refuses more than the configuration allows', async () => {
    await json('add', receiver.url);
    const full = await webhooks('add', receiver.url);
    expect(full.code).toBe(1);
    expect(full.stderr).toContain('there are 3 webhooks already, as many as webhooks.maxWebhooks allows');
    expect((await list()).webhooks).toHaveLength(3);
  });

  it('remove ends a webhook and what was on its way', async () => {
    for (const { id } of (await list()).webhooks) {
      expect(await webhooks('remove', id)).toMatchObject({ code: 0, stdout: `${id} is removed\n` });
      expect((await audit()).at(-1)).toMatchObject({ action: 'webhooks.remove', target: id });
      expect(await withStore((store) => store.deliveriesOf(id))).toEqual([]);
    }
    expect((await list()).webhooks).toEqual([]);
  });

  it.each<[string[], number, RegExp]>([
    [['add', 'nowhere'], 1, /url must be an absolute address/],
    [['add', 'ftp://a.example/'], 1, /url must begin with https:/],
    [['add'], 2, /missing required argument 'url'/],
    [['add', 'https://a.example/', '--events', 'alert.lost'], 2, /alert\.lost/],
    [['test', 'wh_none'], 1, /there is no webhook "wh_none"/],
    [['remove', 'wh_none'], 1, /there is no webhook "wh_none"/],
    [['replay', 'wh_none'], 1, /there is no webhook "wh_none"/],
  ])('refuses %j, and writes nothing', async (args, code, message) => {
    const before = (await audit()).length;
    const finished = await webhooks(...args);
    expect(finished.code, finished.stderr).toBe(code);
    expect(finished.stderr).toMatch(message);
    expect((await list()).webhooks).toEqual([]);
    expect(await audit()).toHaveLength(before);
  });
});
