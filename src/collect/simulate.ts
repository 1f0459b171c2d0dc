import { HOUR_MS } from '../contracts/time.js';
import type { InputRecord } from '../sources/input-record.js';
import type { Simulation } from '../sources/simulator/simulation.js';
import type { ObservationPublisher } from './publisher.js';

/** Time as the simulation meets it; injected, so that tests need no waiting. */
export interface Pacer {
  /** Epoch milliseconds of the wall clock. */
  nowMs(): number;
  /** Resolves after the time or as soon as the signal aborts, never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface SimulateOptions {
  readonly simulation: Simulation;
  /** Where a log that holds nothing yet begins. */
  readonly historyFromMs: number;
  /** Simulated time at which the live part begins; later when the log already goes further. */
  readonly liveFromMs: number;
  /** Simulated seconds per second of the wall clock, above 0. */
  readonly speed: number;
  readonly pacer: Pacer;
  readonly signal: AbortSignal;
  /** History, in milliseconds of simulated time. */
  readonly onProgress?: (doneMs: number, totalMs: number) => void;
  /** The history is in the log and the live part begins. */
  readonly onLive?: (simulatedMs: number) => void;
  /** Told after each live batch that held anything. */
  readonly onPublished?: (simulatedMs: number, records: number) => void;
}

const HISTORY_CHUNK_MS = 24 * HOUR_MS;
/** Live batches: often enough for a moving page, rarely enough to cost nothing. */
const TICK_MS = 250;

/**
 * Feeds a simulation into the log: first its history as fast as the log takes it, then live at `speed`. A restarted
 * run goes on where the log ends. Resolves when the signal aborts.
 */
export async function runSimulation(
  publisher: ObservationPublisher,
  options: SimulateOptions,
): Promise<void> {
  const { historyFromMs, signal, simulation, pacer } = options;
  await publisher.restore({ sinceMs: historyFromMs });
  const feed = new SimulationFeed(publisher, simulation);
  const liveFromMs = Math.max(options.liveFromMs, feed.latestMs(historyFromMs));
  for (let fromMs = historyFromMs; fromMs < liveFromMs && !isAborted(signal); fromMs += HISTORY_CHUNK_MS) {
    const toMs = Math.min(fromMs + HISTORY_CHUNK_MS, liveFromMs);
    await feed.publish(fromMs, toMs);
    options.onProgress?.(toMs - historyFromMs, liveFromMs - historyFromMs);
  }
  if (isAborted(signal)) return;
  options.onLive?.(liveFromMs);
  const startedMs = pacer.nowMs();
  let doneMs = liveFromMs;
  while (!isAborted(signal)) {
    const nowMs = Math.floor(liveFromMs + (pacer.nowMs() - startedMs) * options.speed);
    if (nowMs > doneMs) {
      const records = await feed.publish(doneMs, nowMs);
      doneMs = nowMs;
      if (records > 0) options.onPublished?.(nowMs, records);
    }
    await pacer.sleep(TICK_MS, signal);
  }
}

/** As a call, because the compiler takes a property that it has seen for unchanging. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Publishes what a simulation says, leaving out what the log held when the run began. */
class SimulationFeed {
  private readonly held = new Map<string, number>();

  constructor(
    private readonly publisher: ObservationPublisher,
    private readonly simulation: Simulation,
  ) {}

  /** Newest availableAt of any zone in the log, or the fallback. */
  latestMs(fallbackMs: number): number {
    let latest = fallbackMs;
    for (const zone of this.simulation.zones) {
      latest = Math.max(latest, this.publisher.latestAvailableAtMs('demand.observed', zone));
    }
    return latest;
  }

  async publish(fromMs: number, toMs: number): Promise<number> {
    const records: InputRecord[] = this.simulation
      .operatorForecasts(fromMs, toMs)
      .filter((record) => record.availableAtMs > this.heldUpTo(record));
    for (const record of this.simulation.records(fromMs, toMs)) {
      if (record.availableAtMs > this.heldUpTo(record)) records.push(record);
    }
    // Repetitions are part of what a simulation is asked to inject.
    if (records.length > 0) await this.publisher.publish(records, { keepUnchanged: true });
    return records.length;
  }

  /** A zone's records go in by availableAt, so the newest one at the start tells what is already there. */
  private heldUpTo({ topic, value }: InputRecord): number {
    const key = `${topic}|${value.zone}`;
    let heldMs = this.held.get(key);
    if (heldMs === undefined) {
      const series = 'product' in value ? value.product : undefined;
      heldMs = this.publisher.latestAvailableAtMs(topic, value.zone, series);
      this.held.set(key, heldMs);
    }
    return heldMs;
  }
}
