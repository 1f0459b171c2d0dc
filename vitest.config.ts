import { defineConfig } from 'vitest/config';

const shared = { testTimeout: 60_000, hookTimeout: 120_000, pool: 'forks' as const };
/**
 * unit: pure or in-process. integration: commands as child processes, and real Kafka, schema registry and InfluxDB, which
 * all files share (names of their own keep them apart). browser: Chromium, one file after another.
 */
export default defineConfig({
  test: {
    poolOptions: { forks: { maxForks: 2 } },
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{processes,chaos,integration,browser}/**'],
        },
      },
      {
        test: {
          ...shared,
          name: 'integration',
          include: ['test/{processes,chaos,integration}/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          poolOptions: { forks: { singleFork: true } },
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
