import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { DAY_MS } from '../../../src/contracts/time.js';
import { signerFromPem } from '../../../src/model/signature.js';
import type { DeepReport } from '../../../src/train/deep/deep-report.js';
import { writeDeepReport } from '../../../src/train/deep/write-report.js';
import { trainZones } from '../../../src/train/trainer.js';
import { longIt } from '../../long-tests.js';
import { decoded, JsonCodec, MemoryLog } from '../../collect/memory-log.js';
import { FROM_MS, PROFILE, QUICK, simulatedRecords, ZONE } from '../simulated.js';

const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const DAYS = 90;

describe('a deep training', () => {
  let dir: string;
  const log = new MemoryLog();
  const codec = new JsonCodec();
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'nowcast-deep-'));
    for (const { topic, availableAtMs, value } of simulatedRecords(DAYS)) {
      await log.append(topic, [
        { key: value.zone, value: codec.encode(topic, value), timestampMs: availableAtMs },
      ]);
    }
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  longIt(
    'validates, searches, cross-validates, ablates, trains, and writes its report',
    async () => {
      const { gbdt: _, ...quick } = QUICK;
      const options = {
        log,
        codec,
        signer: signerFromPem(key),
        profiles: { profile: (zone: string) => ({ ...PROFILE, zone, horizonsMinutes: [15, 180] }) },
        nowMs: FROM_MS + DAYS * DAY_MS,
        ...quick,
      };
      const [outcome] = await trainZones({
        ...options,
        kind: 'weekly',
        deep: { budgetMs: 60_000, folds: 1, candidates: 2 },
        writeReport: (run, report, manifest) => writeDeepReport(dir, run, report, manifest),
      });
      expect(outcome?.error).toBeNull();
      const run = decoded(log, 'training.runs').at(-1);
      expect(run?.stages.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          'validate',
          'search',
          'cross-validate',
          'dataset',
          'gate',
          'ablate',
          'publish',
        ]),
      );
      expect(run?.report).toBe(`reports/${outcome?.runId ?? ''}.html`);
      const json = path.join(dir, 'reports', `${outcome?.runId ?? ''}.json`);
      const report = JSON.parse(readFileSync(json, 'utf8')) as DeepReport;
      expect(report.data).toMatchObject({ verdict: 'ok', days: DAYS });
      expect(report.search.tried.length).toBeGreaterThan(1);
      expect(report.crossValidation.skipped).toBeNull();
      expect(report.crossValidation.folds).toHaveLength(1);
      expect(report.ablation.groups.map(({ group }) => group)).toContain('weather');
      const html = readFileSync(path.join(dir, run?.report ?? ''), 'utf8');
      expect(html).toContain(`Deep training of ${ZONE}`);
      expect(html).not.toMatch(/<script|src=|href=/);

      // What was chosen is in the manifest, if anything was, and the next daily training takes it over.
      const chosen = outcome?.model?.manifest.recipe;
      expect(chosen === undefined).toBe(Object.keys(report.recipe).length === 0);
      if (outcome?.status !== 'succeeded') return;
      const [daily] = await trainZones({ ...options, kind: 'daily' });
      expect(daily?.model?.manifest.recipe).toEqual(chosen);
    },
    240_000,
  );
});
