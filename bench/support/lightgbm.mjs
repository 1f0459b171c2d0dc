import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('lightgbm-side.py', import.meta.url));

/**
 * A Python process with LightGBM and the same rows, asked for one training at a time.
 * @param {{ train: object, test: object }} rows
 * @param {object} options shape and options of the trees
 * @param {string} dir for the rows
 * @returns null, and says so on stderr, where Python or LightGBM is not installed
 */
export async function openLightGbm(rows, options, dir) {
  const file = path.join(dir, 'rows.f32');
  const { train, test } = rows;
  const parts = [train.matrix.data, train.target, test.matrix.data, test.target];
  writeFileSync(
    file,
    Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))),
  );
  const shape = {
    ...options,
    rows: train.matrix.rows,
    testRows: test.matrix.rows,
    columns: train.matrix.width,
  };
  const child = spawn('python3', [SCRIPT, file, JSON.stringify(shape)], { stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  child.stdin.on('error', () => undefined);
  const ended = new Promise((resolve) => child.once('error', resolve).once('close', resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value } = await Promise.race([lines.next(), ended.then(() => ({}))]);
    return value === undefined ? null : JSON.parse(value);
  };
  const hello = await answer();
  if (hello === null) {
    await ended;
    process.stderr.write(
      `bench: no LightGBM to compare with (${errors.trim().split('\n').at(-1) || 'no python3'})\n`,
    );
    return null;
  }
  return {
    version: hello.version,
    async train({ threads, seed, trees = options.trees, layout }) {
      child.stdin.write(`${threads} ${seed} ${trees} ${layout}\n`);
      const result = await answer();
      if (result === null) throw new Error(`LightGBM failed: ${errors}`);
      return result;
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
