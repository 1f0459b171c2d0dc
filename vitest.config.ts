import { defineConfig } from 'vitest/config';

const slow = { testTimeout: 300_000, hookTimeout: 300_000 };
const shared = { testTimeout: 60_000, hookTimeout: 120_000, pool: 'forks' as const };
/** Files one after another, after the projects of a lower order: their servers, ports and time limits are shared. */
const oneByOne = (groupOrder: number) => ({
  poolOptions: { forks: { singleFork: true } },
  sequence: { groupOrder },
});

/**
 * unit: pure or in-process. processes: commands as child processes, two files at a time. integration: on real Kafka,
 * schema registry and InfluxDB. browser: Chromium.
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
          ...slow,
          name: 'processes',
          include: ['test/{processes,chaos}/**/*.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          ...slow,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          ...oneByOne(2),
        },
      },
      {
        test: {
          ...shared,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          ...oneByOne(3),
        },
      },
    ],
  },
});
