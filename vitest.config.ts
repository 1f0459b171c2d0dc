import { defineConfig } from 'vitest/config';

const shared = { testTimeout: 60_000, hookTimeout: 120_000, pool: 'forks' as const };
/**
 * unit: pure or in-process. integration: commands as child processes, and real Kafka, schema registry and InfluxDB, which
 * all files share (names of their own keep them apart). browser: Chromium, one file after another.
 */
export default defineConfig({
  test: {
    // A process runs several files; those of the unit tests share their modules, the others load them anew.
    poolOptions: { forks: { maxForks: 2, isolate: false } },
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['test/{processes,chaos,integration,browser}/**'],
        },
      },
      {
        test: {
          ...shared,
          name: 'integration',
          isolate: true,
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
          isolate: true,
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          poolOptions: { forks: { singleFork: true } },
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
