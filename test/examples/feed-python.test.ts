import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { path, start, stopAfterEach } from '../feed/feed-fixture.js';

stopAfterEach();

const SCRIPT = fileURLToPath(new URL('../../examples/feed/client.py', import.meta.url));

/** A Python that has the package, or null with the reason printed. */
function python(): string | null {
  for (const command of ['python3', '/usr/bin/python3']) {
    if (spawnSync(command, ['-c', 'import websockets']).status === 0) return command;
  }
  console.warn('skipped: no python3 with the package websockets here (pip install websockets)');
  return null;
}

const command = python();

describe('examples/feed/client.py', () => {
  it.skipIf(command === null)('prints each nowcast once, of its zone only', async () => {
    const to = await start();
    await to.append('nowcasts', path(2));
    await vi.waitFor(() => expect(to.view.state.seq).toBe(1));
    const child = spawn(command ?? '', [SCRIPT, to.feedUrl, 'A']);
    try {
      const lines: string[] = [];
      createInterface(child.stdout).on('line', (line) => lines.push(line));
      await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 20_000 });
      await to.append('nowcasts', path(3, ['A', 'B', 'A']));
      await vi.waitFor(() => expect(lines).toHaveLength(3), { timeout: 20_000 });
      expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['1 A', '2 A', '4 A']);
      expect(lines[0]).toMatch(/\+5 min 1005 MW$/);
    } finally {
      child.kill();
    }
  });

  it('is Python', () => {
    const check = spawnSync('python3', [
      '-c',
      'import ast, sys; ast.parse(open(sys.argv[1]).read())',
      SCRIPT,
    ]);
    // Without Python there is nothing to check it with.
    if (check.error === undefined) expect(check.status, check.stderr.toString()).toBe(0);
  });
});
