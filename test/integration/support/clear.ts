import { expect } from 'vitest';
import type { Finished } from './cli.js';

const STACK = /\n\s+at |^\s*at .+:\d+:\d+\)?$/m;

/** What a user is owed when something is wrong: this exit code, and as the last word one line that says what. */
export function expectClear({ code, stdout, stderr }: Finished, expected: 1 | 2, says: RegExp): void {
  expect(code, stderr).toBe(expected);
  expectNoStack(stdout + stderr);
  const lines = stderr.trimEnd().split('\n');
  const errors = lines.filter((line) => line.startsWith('nowcast: '));
  expect(errors, stderr).toHaveLength(1);
  expect(lines.at(-1)).toBe(errors[0]);
  expect(errors[0]).toMatch(says);
  expect(errors[0]).not.toMatch(/unexpected error|\[object Object\]|undefined/);
}

export function expectNoStack(text: string): void {
  expect(text).not.toMatch(STACK);
}
