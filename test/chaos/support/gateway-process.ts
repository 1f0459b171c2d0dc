import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FeedLimits } from '../../../src/feed/feed-options.js';

const SCRIPT = fileURLToPath(new URL('gateway-process.mjs', import.meta.url));

export interface GatewayStats {
  readonly rssBytes: number;
  readonly seq: number;
  readonly clients: number;
  readonly conflated: number;
  readonly messages: number;
  /** Connections that it closed, by close code. */
  readonly closed: Readonly<Record<string, number>>;
}

/** A gateway process that can be ended well or killed, and started again on its port. */
export class GatewayProcess {
  private child: ChildProcess | null = null;
  /** Of the processes that have ended: their last figures. */
  private readonly past: GatewayStats[] = [];
  private last: GatewayStats | null = null;
  maxRssBytes = 0;

  constructor(
    private readonly dir: string,
    readonly port: number,
    private readonly limits: Partial<FeedLimits>,
  ) {}

  async start(): Promise<void> {
    const options = JSON.stringify({ dir: this.dir, port: this.port, limits: this.limits });
    const child = spawn(process.execPath, [SCRIPT, options], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child = child;
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the gateway on port ${this.port} ended with ${String(code)} before it served`);
    });
    await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), ended]);
    ended.catch(() => undefined);
  }

  /** @param signal SIGTERM drains, SIGKILL does not */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (child === null) return;
    this.child = null;
    await this.sample();
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    if (this.last !== null) this.past.push(this.last);
    this.last = null;
  }

  /** Its figures now; null while it is not there. */
  async sample(): Promise<GatewayStats | null> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.port}/stats`);
      const stats = (await response.json()) as GatewayStats;
      this.last = stats;
      this.maxRssBytes = Math.max(this.maxRssBytes, stats.rssBytes);
      return stats;
    } catch {
      return null;
    }
  }

  /** Summed over all its processes so far, as far as they were sampled. */
  total(of: (stats: GatewayStats) => number): number {
    return [...this.past, ...(this.last === null ? [] : [this.last])].reduce((sum, one) => sum + of(one), 0);
  }
}
