import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectClear, expectNoStack } from '../integration/support/clear.js';
import { Cli, run } from '../integration/support/cli.js';
import { appendDemand, recentDemand } from '../integration/support/demand.js';
import { writeDemandCsv } from '../integration/support/series.js';
import { readTopic, withEmbedded } from '../integration/support/topic.js';

const ZONE = 'WEST';
const HOURS = 30;
const MIB = 1024 * 1024;

let dir: string;
let disk: string;
const skipReason = mountSmallDisk();
if (skipReason !== null) console.warn(`skipped, a full disk: ${skipReason}`);

/** A file system of its own that can be filled without harm. @returns why there is none, or null */
function mountSmallDisk(): string | null {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-disk-'));
  disk = path.join(dir, 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', disk], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return `a file system cannot be mounted here (${error instanceof Error ? error.message.split('\n')[0] : ''})`;
  }
}

/** Leaves so little that the log refuses to write. */
function fill(): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(path.join(disk, 'filler'), Buffer.alloc(bavail * bsize - 4 * MIB));
}

function free(): void {
  rmSync(path.join(disk, 'filler'));
}

afterAll(() => {
  if (skipReason === null) execFileSync('umount', [disk]);
  rmSync(dir, { recursive: true, force: true });
});

describe.skipIf(skipReason !== null)('a full disk', () => {
  const dataDir = () => path.join(disk, 'data');
  const streamArgs = () => ['stream', '--data-dir', dataDir(), '--port', '0'];
  const readyz = async (url: string) => {
    const response = await fetch(`${url}/readyz`);
    return { status: response.status, text: await response.text() };
  };

  beforeAll(async () => {
    // One start makes the topics; the demand is there before the disk is full.
    const cli = new Cli(streamArgs());
    await cli.says(/partitions assigned/);
    cli.kill('SIGTERM');
    expect((await cli.finished).code).toBe(0);
    await withEmbedded(dataDir(), async (log, codec) => {
      await codec.register(['demand.observed']);
      const values = Array.from({ length: HOURS }, (_, i) => recentDemand(ZONE, HOURS - 1 - i));
      await appendDemand(log, codec, values);
    });
  });

  it('stops the stream from writing, which says so, and goes on by itself once there is space', async () => {
    fill();
    const cli = new Cli(streamArgs());
    try {
      const [, url = ''] = await cli.says(/on (http:\S+)/);
      await cli.says(/no space left to write to the log in .*free some space/);
      const full = await readyz(url);
      expect(full.status).toBe(503);
      expect(full.text).toMatch(/no space left/);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      free();
      await vi.waitFor(
        async () => {
          const nowcasts = await withEmbedded(dataDir(), (log, codec) => readTopic(log, codec, 'nowcasts'));
          expect(nowcasts.map(({ origin }) => origin)).toContain(recentDemand(ZONE, 0).validTime);
        },
        { timeout: 60_000, interval: 200 },
      );
      await vi.waitFor(async () => expect((await readyz(url)).status).toBe(200), {
        timeout: 60_000,
        interval: 200,
      });
      cli.kill('SIGTERM');
      const { code, stderr } = await cli.finished;
      expect(code, stderr).toBe(0);
      expectNoStack(stderr);
    } finally {
      cli.kill('SIGKILL');
    }
    const demand = await withEmbedded(dataDir(), (log, codec) => readTopic(log, codec, 'demand.observed'));
    expect(demand).toHaveLength(HOURS);
  });

  it('ends an import with one line; run again with space it completes what it began', async () => {
    const csv = path.join(dir, 'demand.csv');
    const rows = writeDemandCsv(csv, 'EAST', 20);
    const args = ['import', '--demand', csv, '--data-dir', dataDir()];
    fill();
    expectClear(await run(args), 1, /no space left to write to the log in .*free some space/);
    free();
    const { code, stdout, stderr } = await run(args);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`${rows} records written`);
  });

  it('doctor warns before it is full', async () => {
    const finished = await run(['doctor', '--data-dir', dataDir()]);
    expectClear(finished, 1, /checks failed/);
    expect(finished.stdout).toMatch(
      /^FAIL {2}data directory: .*GB free; make room or move it with --data-dir$/m,
    );
  });
});
