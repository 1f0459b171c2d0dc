import { messageOf, NowcastError } from '../contracts/errors.js';
import { parseIso } from '../contracts/time.js';
import type { HistoryEvents, HistoryWrite } from './history-store.js';
import { alertLine, modelLines, qualityLine, trainingLine } from './influx-event-lines.js';
import {
  NowcastLines,
  accuracyLine,
  demandLine,
  pathLine,
  pipelineLine,
  weatherLine,
} from './influx-lines.js';
import { demandForecastLine, operatorErrorLine, supplyLines } from './influx-operator-lines.js';
import type { InfluxServer } from './influx-server.js';

/** Near 8,000 points a request; InfluxDB asks for 5,000 to 10,000. */
const CHUNK_CHARACTERS = 1_000_000;
/** The next request is built, and one more waits at the server, while the server takes one in. */
const REQUESTS_IN_FLIGHT = 2;

/** Turns one flush into requests of line protocol. */
export class InfluxWriter {
  private readonly nowcastLines = new NowcastLines();
  private lastWritten = 0;
  /** Points that the server left out as older than its retention, since the start. */
  droppedPoints = 0;

  constructor(private readonly server: InfluxServer) {}

  async write(batch: HistoryWrite): Promise<void> {
    // Everything is checked before the first request: an invalid record leaves nothing half-written.
    const lines = this.linesOf(batch);
    const requests = new Set<Promise<void>>();
    let failure: unknown;
    let chunk = '';
    const send = async (body: string): Promise<void> => {
      while (requests.size >= REQUESTS_IN_FLIGHT) await Promise.race(requests);
      const request = this.send(body)
        .catch((error: unknown) => void (failure ??= error))
        .finally(() => requests.delete(request));
      requests.add(request);
    };
    for (const line of lines) {
      chunk += line;
      if (chunk.length < CHUNK_CHARACTERS) continue;
      await send(chunk);
      chunk = '';
      if (failure !== undefined) break;
    }
    if (chunk !== '' && failure === undefined) await send(chunk);
    await Promise.all(requests);
    if (failure !== undefined) throw asNowcastError(failure);
  }

  private async send(chunk: string): Promise<void> {
    const { droppedPoints } = await this.server.write(Buffer.from(chunk));
    this.droppedPoints += droppedPoints;
  }

  /**
   * The lines of a flush, each point once: requests overlap, so of two points of one identity the wrong one could win.
   * Nowcasts become lines only when they are asked for, to keep the memory of a flush small.
   */
  private linesOf(batch: HistoryWrite): Iterable<string> {
    const single = new Map<string, string>();
    // Map.set keeps the place of a key's first value; only its value matters here.
    for (const row of batch.demand ?? []) {
      single.set(
        `d\n${row.validTime}\n${row.source}\n${row.zone}`,
        demandLine(row, parseIso(row.validTime), this.nextWritten()),
      );
    }
    for (const row of batch.weather ?? []) {
      single.set(
        `w\n${row.validTime}\n${row.source}\n${row.zone}`,
        weatherLine(row, parseIso(row.validTime), this.nextWritten()),
      );
    }
    for (const row of batch.accuracy ?? []) {
      single.set(
        `a\n${row.at}\n${row.window}\n${row.horizonMinutes}\n${row.zone}`,
        accuracyLine(row, parseIso(row.at)),
      );
    }
    for (const row of batch.demandForecasts ?? []) {
      single.set(
        `f\n${row.validTime}\n${row.product}\n${row.zone}`,
        demandForecastLine(row, parseIso(row.validTime)),
      );
    }
    for (const row of batch.supply ?? []) {
      single.set(
        `s\n${row.kind}\n${row.validTime}\n${JSON.stringify([row.zone, row.product, row.area])}`,
        supplyLines(row, parseIso(row.validTime), this.nextWritten()),
      );
    }
    for (const line of eventLines(batch)) single.set(identityOf(line), line);
    for (const row of batch.pipeline ?? []) single.set(`p\n${row.timeMs}\n${row.name}`, pipelineLine(row));
    const paths = new Map<string, () => string>();
    for (const nowcast of batch.nowcasts ?? []) {
      const [originMs, issuedAtMs] = [parseIso(nowcast.origin), parseIso(nowcast.issuedAt)];
      paths.set(
        `${originMs}\n${nowcast.zone}`,
        () => this.nowcastLines.lines(nowcast, originMs) + pathLine(nowcast, originMs, issuedAtMs),
      );
    }
    return concat(single.values(), paths.values());
  }

  /** Rises with every row, also over restarts: microseconds of the clock, or more when rows come faster. */
  private nextWritten(): number {
    this.lastWritten = Math.max(this.lastWritten + 1, Date.now() * 1_000);
    return this.lastWritten;
  }
}

function* eventLines(events: HistoryEvents): Generator<string> {
  const { models, qualityEvents, alerts, trainingRuns, operatorErrors } = events;
  for (const row of models ?? []) yield* modelLines(row).match(/.*\n/g) ?? [];
  for (const row of qualityEvents ?? []) yield qualityLine(row);
  for (const row of alerts ?? []) yield alertLine(row);
  for (const row of trainingRuns ?? []) yield trainingLine(row);
  for (const row of operatorErrors ?? []) yield operatorErrorLine(row);
}

/** Measurement, tags and time of a line. */
function identityOf(line: string): string {
  const head = /^(?:\\.|[^\\ ])*/.exec(line)?.[0] ?? '';
  return `${head} ${line.slice(line.lastIndexOf(' ') + 1)}`;
}

function* concat(single: Iterable<string>, paths: Iterable<() => string>): Generator<string> {
  yield* single;
  for (const lines of paths) yield lines();
}

function asNowcastError(error: unknown): NowcastError {
  return error instanceof NowcastError
    ? error
    : new NowcastError('INTERNAL', messageOf(error), { cause: error });
}
