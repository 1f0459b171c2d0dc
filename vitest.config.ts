import { defineConfig } from 'vitest/config';

const shared = { testTimeout: 60_000, hookTimeout: 120_000, pool: 'forks' as const };
/** Files one after another, after the projects of a lower order: their servers, ports and time limits are shared. */
const oneByOne = (groupOrder: number) => ({
  poolOptions: { forks: { singleFork: true } },
  sequence: { groupOrder },
});

/** unit: pure or in-process. integration: real servers and child processes. browser: Chromium. */
export default defineConfig({
  test: {
    poolOptions: { forks: { maxForks: 2 } },
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{integration,chaos,browser}/**'],
        },
      },
      {
        test: {
          ...shared,
          name: 'integration',
          include: ['test/{integration,chaos}/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          ...oneByOne(1),
        },
      },
      {
        test: {
          ...shared,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          ...oneByOne(2),
        },
      },
    ],
  },
});
