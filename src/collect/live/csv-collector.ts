import { MINUTE_MS, parseIso } from '../../contracts/time.js';
import { NOT_MODIFIED, type SourceClient } from '../../sources/http/source-client.js';
import { type Parsed, Problems } from '../../sources/parsed.js';
import { parseCsv } from '../../sources/parse-csv.js';
import { parseDecimal } from '../../sources/parse-number.js';
import { SourceError } from '../../sources/source-error.js';
import { demandRecord } from './records.js';
import { type Collector, type Publisher, type RoundReport, RoundSum } from './round.js';

export interface CsvOptions {
  readonly client: SourceClient;
  readonly publisher: Publisher;
  readonly zone: string;
  /** Path and query below the client's base. */
  readonly path: string;
  readonly stepMinutes: number;
  readonly everyMs: number;
}

/** One interval of the file. */
export interface CsvDemand {
  readonly startMs: number;
  readonly mw: number;
}

/** A zone's demand from a CSV `zone,time,mw` over HTTP: the whole source of a user, and the example for others. */
export class CsvCollector implements Collector {
  readonly name: string;
  readonly everyMs: number;

  constructor(private readonly options: CsvOptions) {
    this.name = `csv ${options.zone}`;
    this.everyMs = options.everyMs;
  }

  async round(nowMs: number): Promise<RoundReport> {
    const { publisher, zone, stepMinutes } = this.options;
    const sum = new RoundSum();
    const { rows, problems } = await this.read(nowMs, true);
    const common = { zone, kind: 'actual', product: 'actual', stepMinutes, source: this.name } as const;
    const records = rows.map((row) => demandRecord({ ...common, ...row }, () => nowMs));
    sum.add(await publisher.publish(records), problems);
    return sum.report();
  }

  /**
   * Asks for the file.
   * @param conditional only when it changed since the last answer; otherwise nothing
   * @throws SourceError
   */
  async read(nowMs: number, conditional: boolean): Promise<Parsed<CsvDemand>> {
    const { client, zone, path, stepMinutes } = this.options;
    const what = `CSV of ${zone}`;
    const answer = await client.ask({
      path,
      what,
      conditional,
      read: ({ body }) => parseDemand(body.toString('utf8'), zone, stepMinutes, nowMs, what),
    });
    return answer === NOT_MODIFIED ? { rows: [], problems: [] } : answer;
  }
}

/** Rows of one zone whose interval has begun, in rising time; of several rows of one time the last. */
function parseDemand(
  text: string,
  zone: string,
  stepMinutes: number,
  nowMs: number,
  what: string,
): Parsed<CsvDemand> {
  const problems = new Problems();
  const { header, rows } = parseCsv(text, { what, problems, isWhole: false });
  const column = (name: string): number => header.findIndex((field) => field.toLowerCase() === name);
  const [zoneAt, timeAt, mwAt] = [column('zone'), column('time'), column('mw')];
  if (zoneAt < 0 || timeAt < 0 || mwAt < 0)
    throw new SourceError('unexpected_content', `${what}: the header must have zone, time and mw`);
  const byTime = new Map<number, number>();
  for (const { line, fields } of rows) {
    if (fields[zoneAt]?.trim() !== zone) continue;
    const row = readRow(fields[timeAt] ?? '', fields[mwAt] ?? '', stepMinutes, nowMs);
    if (typeof row === 'string') problems.add(`line ${line}`, row);
    else byTime.set(row.startMs, row.mw);
  }
  const found = [...byTime].map(([startMs, mw]) => ({ startMs, mw })).sort((a, b) => a.startMs - b.startMs);
  return { rows: found, problems: problems.list() };
}

function readRow(time: string, value: string, stepMinutes: number, nowMs: number): CsvDemand | string {
  const mw = parseDecimal(value);
  if (Number.isNaN(mw)) return `not a number of megawatts: ${JSON.stringify(value.slice(0, 40))}`;
  try {
    const startMs = parseIso(time.trim());
    if (startMs % (stepMinutes * MINUTE_MS) !== 0)
      return `${time} does not begin a step of ${stepMinutes} minutes`;
    return startMs > nowMs ? `${time} is in the future` : { startMs, mw };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
