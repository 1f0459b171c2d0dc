import { messageOf } from '../contracts/errors.js';
import type { Metrics } from '../ops/metrics.js';
import type { HistoryStore, PipelinePoint } from './history-store.js';

const EVERY_MS = 60_000;

export interface PipelineSamplerOptions {
  readonly metrics: Metrics;
  readonly history: HistoryStore;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A sample that could not be written is lost: the next one says more. */
  readonly onLost: (message: string) => void;
}

type Sampled = Readonly<Record<string, number>>;

/**
 * Writes how the stream is doing to the history each minute, for those who have a database and no Prometheus. Counters
 * (`*_total`) are sums over all labels since the start; lag and age are the worst of all partitions and zones.
 */
export class PipelineSampler {
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: PipelineSamplerOptions) {}

  start(): void {
    this.timer = setInterval(() => void this.sample(), EVERY_MS);
  }

  /** Writes one sample; resolves once it is written or lost. */
  sample(): Promise<void> {
    const { history, metrics, now, onLost } = this.options;
    this.writing = this.writing
      .then(async () => history.write({ pipeline: points(await readings(metrics), now()) }))
      .catch((error: unknown) => {
        onLost(`a sample of the pipeline could not be written: ${messageOf(error)}`);
      });
    return this.writing;
  }

  async close(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.writing;
  }
}

function points(readings: Sampled, timeMs: number): PipelinePoint[] {
  return Object.entries(readings).map(([name, value]) => ({ timeMs, name, value }));
}

async function readings(metrics: Metrics): Promise<Sampled> {
  const values = async (metric: { get(): Promise<{ values: { value: number }[] }> }): Promise<number[]> =>
    (await metric.get()).values.map(({ value }) => value);
  const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);
  const ages = await values(metrics.inputAgeSeconds);
  return {
    events_total: sum(await values(metrics.eventsTotal)),
    emitted_total: sum(await values(metrics.emittedTotal)),
    dead_letters_total: sum(await values(metrics.deadLettersTotal)),
    quality_events_total: sum(await values(metrics.qualityEventsTotal)),
    consumer_lag: Math.max(0, ...(await values(metrics.consumerLag))),
    alerts_active: sum(await values(metrics.alertActive)),
    resident_memory_bytes: process.memoryUsage.rss(),
    ...(ages.length === 0 ? {} : { input_age_seconds: Math.max(...ages) }),
  };
}
