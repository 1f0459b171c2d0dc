const SAMPLE_EVERY_MS = 250;
const MB = 1024 * 1024;

/** One training under watch. */
export interface Watched {
  /** Largest memory of the process seen since the watch began, bytes. */
  readonly peakRssBytes: () => number;
  stop(): void;
}

interface Entry {
  peak: number;
  readonly onExceeded: (message: string) => void;
}

/**
 * Watches the memory that trainings add to their process. Heaps of threads have their own limits; typed arrays, which
 * are most of a training, stand outside of them. Beyond the limit the training that began last is told to end.
 */
export class MemoryWatch {
  private readonly entries: Entry[] = [];
  private timer: NodeJS.Timeout | null = null;
  private readonly baseBytes: number;

  /** @param rssBytes memory of the process; what it had at the beginning does not count */
  constructor(
    private readonly maxAddedMb: number,
    private readonly rssBytes: () => number = () => process.memoryUsage.rss(),
    private readonly sampleEveryMs = SAMPLE_EVERY_MS,
  ) {
    this.baseBytes = rssBytes();
  }

  watch(onExceeded: (message: string) => void): Watched {
    const entry: Entry = { peak: this.rssBytes(), onExceeded };
    this.entries.push(entry);
    this.timer ??= setInterval(() => this.sample(), this.sampleEveryMs).unref();
    return {
      peakRssBytes: () => entry.peak,
      stop: () => {
        const at = this.entries.indexOf(entry);
        if (at >= 0) this.entries.splice(at, 1);
        if (this.entries.length > 0 || this.timer === null) return;
        clearInterval(this.timer);
        this.timer = null;
      },
    };
  }

  private sample(): void {
    const rss = this.rssBytes();
    for (const entry of this.entries) entry.peak = Math.max(entry.peak, rss);
    const addedMb = Math.round((rss - this.baseBytes) / MB);
    if (addedMb <= this.maxAddedMb) return;
    this.entries
      .at(-1)
      ?.onExceeded(
        `training has added ${addedMb} MB to the process, training.maxMemoryMb is ${this.maxAddedMb}: raise it, or lower training.concurrency or training.historyDays`,
      );
  }
}
