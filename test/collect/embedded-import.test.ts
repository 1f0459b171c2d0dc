import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { importCsv, type ImportReport } from '../../src/collect/import.js';
import { ObservationPublisher } from '../../src/collect/publisher.js';
import type { TopicName } from '../../src/contracts/records.js';
import { HOUR_MS, toIso } from '../../src/contracts/time.js';
import { openEmbeddedLog } from '../../src/log/embedded-log.js';
import { openLocalCodec } from '../../src/log/local-codec.js';
import { loadTopicSpecs } from '../../src/log/topic-specs.js';
import { sharedData } from '../shared-data.js';

const folder = mkdtempSync(join(tmpdir(), 'nowcast-embedded-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Opens the log of a folder, imports, counts what the log holds, and closes it again. */
async function importInto(
  dir: string,
  demandPath: string,
  signal?: AbortSignal,
): Promise<ImportReport & { held: number }> {
  const log = await openEmbeddedLog({ dir });
  try {
    const specs = loadTopicSpecs();
    await log.ensureTopics(specs);
    const codec = await openLocalCodec({ dir });
    await codec.register(specs.map((spec) => spec.name as TopicName));
    const options = { demandPath, onProblem: () => undefined };
    const publisher = new ObservationPublisher(log, codec);
    const report = await importCsv(publisher, signal === undefined ? options : { ...options, signal });
    const marks = await log.watermarks('demand.observed');
    return { ...report, held: marks.reduce((sum, mark) => sum + mark.high - mark.low, 0) };
  } finally {
    await log.close();
  }
}

/** Aborts after it was looked at a number of times. */
function abortAfter(looks: number): AbortSignal {
  let left = looks;
  return Object.defineProperty(new AbortController().signal, 'aborted', { get: () => left-- <= 0 });
}

describe('import into the embedded log', () => {
  it('goes on in a new process where it was cut off, and changes nothing when it is run once more', async () => {
    const demandPath = join(folder, 'demand.csv');
    const hours = Array.from({ length: 4000 }, (_, h) => toIso(Date.UTC(2026, 0, 1) + h * HOUR_MS));
    writeFileSync(
      demandPath,
      ['zone,time,mw', ...hours.flatMap((t, h) => [`A,${t},${h + 1}`, `B,${t},${h + 2}`])].join('\n'),
    );
    const dir = join(folder, 'cut');
    const cut = await importInto(dir, demandPath, abortAfter(1));
    expect(cut.complete).toBe(false);
    expect(cut.held).toBe(cut.published);
    const rest = await importInto(dir, demandPath);
    expect(rest).toMatchObject({ complete: true, unchanged: cut.published, held: 8000 });
    expect(await importInto(dir, demandPath)).toMatchObject({ published: 0, unchanged: 8000, held: 8000 });
  });

  const recorded = sharedData('canonical/caiso-5min-2018-2019.demand.csv.gz');
  it.skipIf(recorded === null)('takes a recorded year of 5-minute demand', async () => {
    const report = await importInto(join(folder, 'year'), recorded ?? '');
    expect(report).toMatchObject({ published: 81_290, held: 81_290, complete: true });
  });
});
