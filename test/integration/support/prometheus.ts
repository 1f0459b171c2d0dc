import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import type { Registry } from 'prom-client';
import { vi } from 'vitest';

/** What the metrics of a process said at an instant: samples by metric, as lines of the text format with that time. */
export type MetricsSnapshot = ReadonlyMap<string, readonly string[]>;

interface Sample {
  readonly labels: Record<string, string | number>;
  readonly value: number;
  readonly metricName?: string;
}

/** Copies what a registry says now, as if scraped at that time from the job `stream`. */
export async function snapshotOf(registry: Registry, timeMs: number): Promise<MetricsSnapshot> {
  const lines = new Map<string, string[]>();
  for (const { name, values } of await registry.getMetricsAsJSON()) {
    for (const { labels, value, metricName = name } of values as Sample[]) {
      const all: [string, string | number][] = Object.entries({
        ...labels,
        job: 'stream',
        instance: 'replay',
      });
      const pairs = all.map(([label, text]) => `${label}=${JSON.stringify(String(text))}`);
      const list = lines.get(metricName) ?? [];
      lines.set(metricName, list);
      if (Number.isFinite(value)) list.push(`${metricName}{${pairs.join()}} ${value} ${timeMs / 1000}`);
    }
  }
  return lines;
}

export interface Series {
  readonly metric: Record<string, string>;
  /** Finite numbers only, in rising time. */
  readonly values: readonly number[];
}

export interface PrometheusOverSnapshots {
  /** Each series of a range of times. @param stepSeconds between two values */
  range(expr: string, fromMs: number, toMs: number, stepSeconds: number): Promise<Series[]>;
  instant(expr: string, timeMs: number): Promise<Series[]>;
  close(): Promise<void>;
}

/** Why Prometheus cannot be had here, or null. */
export function prometheusMissing(): string | null {
  const absent = ['prometheus', 'promtool'].filter(
    (tool) => spawnSync(tool, ['--version']).error !== undefined,
  );
  return absent.length === 0
    ? null
    : `${absent.join(' and ')} not on the PATH; on Debian: apt-get install prometheus`;
}

/**
 * A real Prometheus that holds the snapshots as if it had scraped them at their times, and scrapes nothing itself.
 * @param everyMs time between two snapshots: a value holds as long
 */
export async function prometheusOver(
  snapshots: readonly MetricsSnapshot[],
  everyMs: number,
  dir: string,
): Promise<PrometheusOverSnapshots> {
  mkdirSync(dir, { recursive: true });
  const [text, data, config] = ['metrics.txt', 'data', 'prometheus.yml'].map((name) =>
    path.join(dir, name),
  ) as [string, string, string];
  writeFileSync(text, openMetrics(snapshots));
  execFileSync('promtool', ['tsdb', 'create-blocks-from', '--quiet', 'openmetrics', text, data], {
    stdio: 'pipe',
  });
  writeFileSync(config, 'scrape_configs: []\n');
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      `--query.lookback-delta=${Math.round((everyMs * 1.1) / 1000)}s`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => answers(child, url), { timeout: 60_000, interval: 100 });
  return {
    range: (query, fromMs, toMs, step) =>
      ask(url, 'query_range', { query, start: fromMs / 1000, end: toMs / 1000, step }),
    instant: (query, timeMs) => ask(url, 'query', { query, time: timeMs / 1000 }),
    close: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function answers(child: ChildProcess, url: string): Promise<void> {
  if (child.exitCode !== null) throw new Error(`prometheus ended with status ${child.exitCode}`);
  const response = await fetch(`${url}/-/ready`);
  if (!response.ok) throw new Error(`prometheus is not ready: ${response.status}`);
}

/** One text of all samples, each metric's together. */
function openMetrics(snapshots: readonly MetricsSnapshot[]): string {
  const names = new Set(snapshots.flatMap((snapshot) => [...snapshot.keys()]));
  const lines = [...names].flatMap((name) => snapshots.flatMap((snapshot) => snapshot.get(name) ?? []));
  return `${lines.join('\n')}\n# EOF\n`;
}

async function ask(url: string, what: string, params: Record<string, string | number>): Promise<Series[]> {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) body.set(name, String(value));
  const answer = (await (await fetch(`${url}/api/v1/${what}`, { method: 'POST', body })).json()) as {
    error?: string;
    data?: {
      result: { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[];
    };
  };
  if (answer.data === undefined)
    throw new Error(`Prometheus refuses ${params['query'] ?? ''}: ${answer.error ?? ''}`);
  return answer.data.result.map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
    metric,
    values: values.map(([, text]) => Number(text)).filter(Number.isFinite),
  }));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
