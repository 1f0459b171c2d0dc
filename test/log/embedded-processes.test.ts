import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventLog, LogRecord, TopicSpec } from '../../src/log/event-log.js';
import { openEmbeddedLog } from '../../src/log/embedded-log.js';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const TOPIC: TopicSpec = {
  name: 'shared',
  key: 'zone',
  valueSchema: 'demand-observed',
  partitions: 1,
  replicationFactor: 1,
  config: { 'cleanup.policy': 'delete', 'retention.ms': '-1' },
};

describe('embedded log with several processes', () => {
  let dir: string;
  const children: ChildProcess[] = [];
  const logs: EventLog[] = [];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nowcast-log-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const log of logs.splice(0)) await log.close();
    await rm(dir, { recursive: true, force: true });
  });

  async function open(): Promise<EventLog> {
    const log = await openEmbeddedLog({ dir });
    logs.push(log);
    await log.ensureTopics([TOPIC]);
    return log;
  }

  function start(mode: string): { child: ChildProcess; lines: () => string[] } {
    const runner = join(root, 'node_modules', 'vite-node', 'vite-node.mjs');
    const child = spawn(process.execPath, [runner, join(here, 'append-child.ts'), dir, TOPIC.name, mode], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    // The last piece may be half a line.
    return { child, lines: () => text.split('\n').slice(0, -1) };
  }

  async function kill(child: ChildProcess): Promise<void> {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async function readAll(log: EventLog): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for await (const batch of log.read(TOPIC.name, 0, 0)) records.push(...batch.records);
    return records;
  }

  it('loses nothing that was acknowledged when the process is killed in mid-append, again and again', async () => {
    await (await open()).close();
    let acknowledged = -1;
    for (let round = 0; round < 3; round++) {
      const { child, lines } = start('endless');
      await vi.waitFor(() => expect(lines().length).toBeGreaterThan(10), { timeout: 30_000, interval: 5 });
      await kill(child);
      const last = Number(lines().at(-1)?.split(' ')[1]);
      expect(last).toBeGreaterThan(acknowledged);
      acknowledged = last;

      const log = await open();
      const records = await readAll(log);
      expect(records.length).toBeGreaterThan(acknowledged);
      records.forEach((record, at) => expect(record.offset).toBe(at));
      // Whole appends only.
      expect(records.length % 50).toBe(0);
      for (const record of records.slice(-50))
        expect(Buffer.from(record.value ?? []).toString()).toMatch(/^value \d+$/);
      await log.close();
    }
  });

  it('delivers what another process appends, while both append', async () => {
    const log = await open();
    const offsets: number[] = [];
    const subscription = await log.subscribe({
      group: 'reader',
      topics: [TOPIC.name],
      onBatch: async ({ records }) => {
        offsets.push(...records.map(({ offset }) => offset));
      },
    });
    const { child, lines } = start('endless');
    await vi.waitFor(() => expect(lines().length).toBeGreaterThan(0), { timeout: 30_000, interval: 5 });
    const own: number[] = [];
    for (let at = 0; at < 20; at++) {
      const [result] = await log.append(TOPIC.name, [
        { key: 'own', value: Buffer.from('own'), timestampMs: 1 },
      ]);
      own.push(result?.firstOffset ?? -1);
    }
    await kill(child);
    const records = await readAll(log);
    records.forEach((record, at) => expect(record.offset).toBe(at));
    expect(records.filter(({ key }) => key === 'own').map(({ offset }) => offset)).toEqual(own);
    await vi.waitFor(() => expect(offsets).toEqual(records.map(({ offset }) => offset)), { timeout: 10_000 });
    await subscription.close();
  });

  it('holds a group for one process, and lets it go when that process is killed', async () => {
    const log = await open();
    const { child, lines } = start('group');
    await vi.waitFor(() => expect(lines()).toEqual(['joined']), { timeout: 30_000, interval: 20 });
    const join = () => log.subscribe({ group: 'held', topics: [TOPIC.name], onBatch: async () => undefined });
    await expect(join()).rejects.toMatchObject({
      code: 'LOG_LOCKED',
      retriable: true,
      message: expect.stringContaining(`process ${child.pid}`) as string,
    });
    await kill(child);
    await (await join()).close();
  });
});
