import { vi } from 'vitest';
import { runProgram } from '../../../src/cli/program.js';
import type { Finished } from './cli.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * A command run in this process, for what ends before it opens anything: some hundred times cheaper than a process of
 * its own. What a process adds, the exit code above all, is tested with `run`.
 */
export async function runHere(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  const before = SIGNALS.map((signal) => process.listeners(signal));
  for (const [name, value] of Object.entries({ NOWCAST_COLLECT: 'off', ...env })) vi.stubEnv(name, value);
  try {
    const code = await runProgram(args);
    return { code, signal: null, ...written };
  } finally {
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
    // A command listens for them until its process ends.
    SIGNALS.forEach((signal, i) => {
      for (const listener of process.listeners(signal))
        if (before[i]?.includes(listener) !== true) process.removeListener(signal, listener);
    });
  }
}
