import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Runs an action with a folder of its own, which is deleted afterwards. */
export async function withScratch(action) {
  const dir = mkdtempSync(path.join(tmpdir(), 'nowcast-bench-'));
  try {
    return await action(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
