import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import type { Alert, TrainingRequest, TrainingRun } from '../../src/contracts/records.js';
import { DAY_MS, HOUR_MS, toIso } from '../../src/contracts/time.js';
import { createLogger } from '../../src/ops/logger.js';
import { newIdentity } from '../../src/ops/process-identity.js';
import { openContext, type RoleContext } from '../../src/roles/context.js';
import { startTrainRole, type TrainRole } from '../../src/roles/train-role.js';
import { newRequest, publishRequests } from '../../src/train/requests.js';
import { appendDemand } from '../integration/support/demand.js';
import { readTopic } from '../integration/support/topic.js';
import { aRun } from '../train/runs/a-run.js';

/** Noon in California; its 02:00 is 10:00 UTC. */
const START_MS = Date.parse('2025-01-15T20:00:00Z');
const FAST = { tickMs: 20 };
/** Every training is answered at once: there is nothing to train here, only to run. */
const WORKER = `import { parentPort } from 'node:worker_threads';
parentPort.on('message', () => parentPort.postMessage({ type: 'failed', code: 'TRAINING_FAILED', message: 'no trees',
  usage: { stages: [{ name: 'trees', durationMs: 5 }], peakRssBytes: 1, cpuSeconds: 0.5 } }));`;

describe('the train role', () => {
  let dir: string;
  let nowMs: number;
  let context: RoleContext;
  const roles: TrainRole[] = [];

  beforeEach(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'nowcast-train-role-'));
    writeFileSync(path.join(dir, 'worker.mjs'), WORKER);
    nowMs = START_MS;
    context = await openAt(dir);
    await demandOf('CA ISO-TAC');
  });
  afterEach(async () => {
    for (const role of roles.splice(0)) await role.close();
    await context.close();
    rmSync(dir, { recursive: true });
  });

  function openAt(dataDir: string): Promise<RoleContext> {
    // A shorter pause than that before a first model is tried again, so that only one of them is over in a test.
    const file = path.join(dir, 'config.json');
    writeFileSync(file, JSON.stringify({ training: { driftCooldownHours: 3 } }));
    const config = loadConfig({ dataDir, config: file });
    return openContext({
      config,
      logger: createLogger({ level: 'silent', pretty: false }),
      now: () => nowMs,
    });
  }

  async function demandOf(zone: string): Promise<void> {
    const availableAt = toIso(START_MS);
    await appendDemand(context.log, context.codec, [
      {
        zone,
        kind: 'actual',
        validTime: toIso(START_MS - HOUR_MS),
        stepMinutes: 60,
        demandMw: 1000,
        availableAt,
        source: 'test',
        revision: 0,
      },
    ]);
  }

  async function start(): Promise<TrainRole> {
    const fail = (error: unknown): never => {
      throw error;
    };
    const worker = pathToFileURL(path.join(dir, 'worker.mjs'));
    const role = await startTrainRole(context, fail, { ...FAST, worker });
    roles.push(role);
    return role;
  }

  /** The latest record of each run, in the order in which the runs were entered. */
  async function runs(): Promise<TrainingRun[]> {
    const byId = new Map<string, TrainingRun>();
    for (const run of await readTopic(context.log, context.codec, 'training.runs')) byId.set(run.id, run);
    return [...byId.values()];
  }

  async function finished(count: number): Promise<TrainingRun[]> {
    return vi.waitFor(
      async () => {
        const all = await runs();
        expect(all.filter(({ finishedAt }) => finishedAt !== null)).toHaveLength(count);
        expect(all).toHaveLength(count);
        return all;
      },
      { timeout: 15_000 },
    );
  }

  /** A run that answers the request has come to its end; the zone's first model may be tried again meanwhile. */
  async function answered(requestId: string): Promise<void> {
    await vi.waitFor(
      async () => {
        const ended = (await runs()).filter(({ finishedAt }) => finishedAt !== null);
        expect(ended.flatMap(({ requestIds = [] }) => requestIds)).toContain(requestId);
      },
      { timeout: 15_000 },
    );
  }

  const ask = async (...requests: TrainingRequest[]) => publishRequests(context, requests, nowMs);
  const kindsOf = (all: readonly TrainingRun[]) => all.map(({ kind, status }) => `${kind} ${status}`);

  it('gives a zone its first model, and records stages, resources and who asked', async () => {
    await start();
    const [run] = await finished(1);
    expect(run).toMatchObject({
      zone: 'CA ISO-TAC',
      kind: 'initial',
      status: 'failed',
      error: 'TRAINING_FAILED: no trees',
      requestedBy: 'schedule',
      attempt: 1,
      resources: { cpuSeconds: 0.5, threads: 1 },
      trainer: { processId: process.pid },
    });
    expect(run?.stages.map(({ name }) => name)).toEqual(['queue', 'read', 'trees']);
    expect(run?.resources?.peakRssBytes).toBeGreaterThan(1e6);
  });

  it('asks once for each date that comes, and makes up for a missed one once', async () => {
    const first = await start();
    await finished(1);
    nowMs = Date.parse('2025-01-16T10:00:00Z');
    await answered('daily/CA ISO-TAC/2025-01-16');
    await first.close();
    roles.length = 0;
    nowMs += 2.5 * DAY_MS;
    await start();
    const lastDate = 'daily/CA ISO-TAC/2025-01-18';
    await answered(lastDate);
    const requests = await readTopic(context.log, context.codec, 'training.requests');
    expect(requests.map(({ id }) => id)).toEqual(['daily/CA ISO-TAC/2025-01-16', lastDate]);
  });

  it('answers a request once, however often it comes', async () => {
    await start();
    await finished(1);
    const request = newRequest('demand', ['CA ISO-TAC'], 'test', nowMs);
    await ask(request, request);
    expect(kindsOf(await finished(2))).toEqual(['initial failed', 'demand failed']);
    await ask(request, newRequest('demand', [], 'all', nowMs));
    const all = await finished(3);
    expect(all.at(-1)).toMatchObject({ zone: 'CA ISO-TAC', requestedBy: 'all' });
  });

  it('does not train in a loop because of drift', async () => {
    await start();
    await finished(1);
    await ask(newRequest('drift', ['CA ISO-TAC'], 'drift', nowMs));
    const [, skipped] = await finished(2);
    expect(skipped).toMatchObject({ kind: 'drift', status: 'skipped' });
    expect(skipped?.error).toMatch(/trained at 2025-01-15T20:00.*training\.driftCooldownHours \(3\) ago/);
    nowMs += 3 * HOUR_MS + 1000;
    await ask(newRequest('drift', ['CA ISO-TAC'], 'drift', nowMs));
    expect(kindsOf(await finished(3)).at(-1)).toBe('drift failed');
  });

  it('closes what a killed trainer left, raises the alert, and trains the zone again', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    const trainer = { ...newIdentity(), processId: child.pid ?? 0, processStart: '1' };
    await once(child, 'exit');
    const left = aRun('left', {
      zone: 'CA ISO-TAC',
      kind: 'demand',
      status: 'running',
      requestIds: ['q'],
      trainer,
    });
    const value = context.codec.encode('training.runs', left);
    await context.log.append('training.runs', [{ key: left.id, value, timestampMs: nowMs }]);
    await start();
    const again = await vi.waitFor(
      async () => {
        const all = await runs();
        expect(all.find(({ id }) => id === 'left')?.error).toMatch(/^TRAINING_INTERRUPTED/);
        const found = all.find(({ id, requestIds = [] }) => id !== 'left' && requestIds.includes('q'));
        expect(found?.status).toBe('failed');
        return found;
      },
      { timeout: 15_000 },
    );
    expect(again).toMatchObject({ attempt: 2, error: 'TRAINING_FAILED: no trees' });
    const alerts: Alert[] = await readTopic(context.log, context.codec, 'alerts');
    expect(alerts.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'training_failed/CA ISO-TAC/run raised',
    ]);
  });
});
