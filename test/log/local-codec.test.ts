import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalCodec } from '../../src/log/local-codec.js';
import { describeCodecContract } from '../contract/codec-contract.js';
import { DEMAND } from '../contract/sample-records.js';

const newDir = (): Promise<string> => mkdtemp(join(tmpdir(), 'nowcast-codec-'));

describeCodecContract('local', async () => {
  const dir = await newDir();
  return {
    codec: await openLocalCodec({ dir }),
    another: () => openLocalCodec({ dir }),
    cleanup: () => rm(dir, { recursive: true, force: true }),
  };
});

describe('local codec', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await newDir();
  });
  afterEach(async () => {
    await rm(dir, { recursive: true, force: true });
  });

  it('keeps records of an older schema decodable after the schema has changed', async () => {
    const codec = await openLocalCodec({ dir });
    await codec.register(['demand.observed']);
    const file = join(dir, 'schemas.json');
    // An earlier version of the product, whose records had no revision yet.
    const stored = JSON.parse(await readFile(file, 'utf8')) as {
      schemas: { id: number; subject: string; schema: string }[];
    };
    const current = stored.schemas.find(({ subject }) => subject === 'demand.observed-value');
    const older = JSON.parse(current?.schema ?? '{}') as {
      required: string[];
      properties: Record<string, unknown>;
    };
    older.required = older.required.filter((field) => field !== 'revision');
    delete older.properties['revision'];
    stored.schemas.push({ id: 77, subject: 'demand.observed-value', schema: JSON.stringify(older) });
    await writeFile(file, JSON.stringify(stored));

    const { revision: _, ...old } = DEMAND;
    const bytes = Buffer.concat([Buffer.from([0, 0, 0, 0, 77]), Buffer.from(JSON.stringify(old))]);
    const reader = await openLocalCodec({ dir });
    await reader.register(['demand.observed']);
    await reader.prepare([bytes]);
    expect(reader.decode('demand.observed', bytes)).toEqual({ ok: true, value: old });
    const fresh = reader.encode('demand.observed', DEMAND);
    expect(Buffer.from(fresh).readInt32BE(1)).toBe(current?.id);
  });

  it('loses no schema when several codecs register at once', async () => {
    const codecs = await Promise.all([1, 2, 3, 4].map(() => openLocalCodec({ dir })));
    const topics = ['demand.observed', 'nowcasts', 'models', 'alerts'] as const;
    await Promise.all(codecs.map((codec, at) => codec.register([topics[at] ?? 'audit'])));
    const stored = JSON.parse(await readFile(join(dir, 'schemas.json'), 'utf8')) as {
      schemas: { subject: string }[];
    };
    expect(stored.schemas.map(({ subject }) => subject).sort()).toEqual(
      topics.map((topic) => `${topic}-value`).sort(),
    );
  });

  it('names a damaged file and what it means', async () => {
    await writeFile(join(dir, 'schemas.json'), '{"schemas": [');
    await expect(openLocalCodec({ dir })).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringContaining('schemas.json') as string,
    });
  });
});
