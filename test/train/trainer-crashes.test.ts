import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/contracts/time.js';
import { signerFromPem } from '../../src/model/signature.js';
import { RunClaims } from '../../src/train/runs/run-claims.js';
import { trainZones, type TrainZonesOptions } from '../../src/train/trainer.js';
import { decoded, JsonCodec, MemoryLog } from '../collect/memory-log.js';
import { FROM_MS, PROFILE, simulatedRecords, ZONE } from './simulated.js';

const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const signer = signerFromPem(key);
const codec = new JsonCodec();

/** What a worker does with its task. */
const WORKERS = {
  throws: `throw new Error('a bug');`,
  rejects: `Promise.reject(new Error('a forgotten promise'));`,
  exits: `process.exit(7);`,
  'uses up its heap': `const kept = []; for (;;) kept.push(new Array(1e5).fill(kept.length));`,
  hangs: `for (;;);`,
  'falls silent': `parentPort.postMessage({ type: 'progress', stage: 'trees', fraction: 0.4 });`,
  'takes too much memory': `globalThis.kept = Array.from({ length: 4 }, () => Buffer.alloc(100e6, 1));`,
} as const;

const NODE = `import { parentPort } from 'node:worker_threads';\nparentPort.on('message', () => {`;

describe('a training thread that goes wrong', () => {
  let dir: string;
  let log: MemoryLog;
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'nowcast-crashes-'));
    log = new MemoryLog();
    for (const { topic, availableAtMs, value } of simulatedRecords(1)) {
      await log.append(topic, [
        { key: value.zone, value: codec.encode(topic, value), timestampMs: availableAtMs },
      ]);
    }
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  function optionsOf(what: keyof typeof WORKERS): TrainZonesOptions {
    log.topics.delete('training.runs');
    log.topics.delete('alerts');
    const file = path.join(dir, `${what.replaceAll(' ', '-')}.mjs`);
    writeFileSync(file, `${NODE}\n${WORKERS[what]}\n});\n`);
    return {
      log,
      codec,
      signer,
      profiles: { profile: (zone) => ({ ...PROFILE, zone }) },
      kind: 'daily',
      nowMs: FROM_MS + DAY_MS,
      seed: 1,
      limits: { concurrency: 1, threads: 1, maxMemoryMb: 256 },
      worker: pathToFileURL(file),
    };
  }

  it.each<[keyof typeof WORKERS, RegExp]>([
    ['throws', /^TRAINING_FAILED: .*crashed: a bug/],
    ['rejects', /^TRAINING_FAILED: .*crashed: a forgotten promise/],
    ['exits', /^TRAINING_FAILED: .*its thread ended with exit code 7/],
    ['uses up its heap', /^TRAINING_FAILED: .*(memory limit|out of memory)/i],
    ['takes too much memory', /^TRAINING_FAILED: .*training has added \d+ MB .*training\.maxMemoryMb is 256/],
  ])('%s: a failed run with the reason, and an alert', async (what, error) => {
    const [outcome] = await trainZones(optionsOf(what));
    expect(outcome).toMatchObject({ zone: ZONE, status: 'failed', model: null });
    const runs = decoded(log, 'training.runs');
    expect(runs.map(({ status }) => status)).toEqual(['queued', 'running', 'failed']);
    expect(runs.at(-1)?.error).toMatch(error);
    expect(runs.at(-1)?.finishedAt).not.toBeNull();
    expect(runs.at(-1)?.resources).toMatchObject({ threads: 1, heapLimitMb: 192 });
    expect(decoded(log, 'alerts').map(({ id, state }) => [id, state])).toEqual([
      [`training_failed/${ZONE}/run`, 'raised'],
    ]);
    expect(log.records('models')).toEqual([]);
  });

  it.each<keyof typeof WORKERS>(['hangs', 'falls silent'])(
    '%s: is ended when its time is over',
    async (what) => {
      await trainZones({ ...optionsOf(what), timeoutMs: 1500 });
      const [last] = decoded(log, 'training.runs').slice(-1);
      expect(last?.error).toMatch(/^TRAINING_TIMEOUT: training of zone .* took longer than 0.03 minutes/);
      if (what === 'falls silent') expect(last?.stages.map(({ name }) => name)).toContain('trees');
    },
  );

  it('leaves the zone to the next trainer', async () => {
    const claims = new RunClaims({ log, codec, now: () => FROM_MS });
    await trainZones({ ...optionsOf('throws'), claims });
    await trainZones({ ...optionsOf('exits') });
    expect(decoded(log, 'training.runs').at(-1)?.error).toMatch(/exit code 7/);
    claims.close();
  });
});
