import { NowcastError } from '../contracts/errors.js';
import { HOUR_MS } from '../contracts/time.js';
import type { Accuracy, Nowcast } from '../contracts/records.js';
import type {
  DemandPoint,
  HistoryStore,
  HistoryWrite,
  NowcastPoint,
  OperatorPoint,
  SupplyKind,
  SupplyPoint,
  TimeRange,
  WeatherPoint,
} from './history-store.js';
import { InfluxOperatorReader } from './influx-operator-reader.js';
import { InfluxReader } from './influx-reader.js';
import { InfluxServer, quoted } from './influx-server.js';
import type { InfluxAddress } from './influx-server.js';
import { InfluxWriter } from './influx-writer.js';

/** The history in InfluxDB 1.x. Call `open()` before anything else. @throws NowcastError CONFIG_INVALID for a bad URL */
export function openInfluxHistory(address: InfluxAddress): InfluxHistory {
  return new InfluxHistory(address);
}

/**
 * Measurements: `demand` `weather` `demand_forecast` `supply` `nowcast` `accuracy` `pipeline` as dashboards read them, and
 * `nowcast_path` (tag zone; time = origin), which holds what belongs to a whole nowcast.
 */
export class InfluxHistory implements HistoryStore {
  readonly kind = 'influx';
  private readonly server: InfluxServer;
  private readonly writer: InfluxWriter;
  private readonly reader: InfluxReader;
  private readonly operators: InfluxOperatorReader;

  constructor(private readonly address: InfluxAddress) {
    this.server = new InfluxServer(address);
    this.writer = new InfluxWriter(this.server);
    this.reader = new InfluxReader(this.server);
    this.operators = new InfluxOperatorReader(this.server);
  }

  /** Points that the server left out as older than its retention policy, since the start. */
  get droppedPoints(): number {
    return this.writer.droppedPoints;
  }

  async open(): Promise<void> {
    await this.server.createDatabase();
  }

  async write(batch: HistoryWrite): Promise<void> {
    try {
      await this.writer.write(batch);
    } catch (error) {
      if (!isDatabaseMissing(error)) throw error;
      // Somebody dropped the database while the service runs; all points may be written again.
      await this.server.createDatabase();
      await this.writer.write(batch);
    }
  }

  demand(zone: string, range: TimeRange): Promise<DemandPoint[]> {
    return this.reader.demand(zone, range);
  }

  weather(zone: string, range: TimeRange): Promise<WeatherPoint[]> {
    return this.reader.weather(zone, range);
  }

  demandForecasts(zone: string, range: TimeRange): Promise<OperatorPoint[]> {
    return this.operators.demandForecasts(zone, range);
  }

  supply(zone: string, kind: SupplyKind, range: TimeRange): Promise<SupplyPoint[]> {
    return this.operators.supply(zone, kind, range);
  }

  nowcasts(zone: string, horizonMinutes: number, range: TimeRange): Promise<NowcastPoint[]> {
    return this.reader.nowcasts(zone, horizonMinutes, range);
  }

  nowcastAt(zone: string, originAtOrBeforeMs: number): Promise<Nowcast | null> {
    return this.reader.nowcastAt(zone, originAtOrBeforeMs);
  }

  accuracy(zone: string, window: Accuracy['window'], range: TimeRange): Promise<Accuracy[]> {
    return this.reader.accuracy(zone, window, range);
  }

  /** Sets the default retention policy; the server then deletes whole shards in its own time and refuses older points. */
  async retain(olderThanMs: number): Promise<void> {
    const hours = Math.max(1, Math.ceil((Date.now() - olderThanMs) / HOUR_MS));
    const policy = quoted(await this.defaultPolicy());
    const durations = `DURATION ${hours}h SHARD DURATION ${shardHours(hours)}h`;
    await this.server.statement(
      `ALTER RETENTION POLICY ${policy} ON ${quoted(this.address.database)} ${durations}`,
    );
  }

  async close(): Promise<void> {
    await this.server.close();
  }

  private async defaultPolicy(): Promise<string> {
    const [series] = await this.server.statement(
      `SHOW RETENTION POLICIES ON ${quoted(this.address.database)}`,
    );
    const columns = series?.[0]?.columns ?? [];
    const policies = (series?.[0]?.values ?? []) as unknown[][];
    const policy = policies.find((cells) => cells[columns.indexOf('default')] === true);
    const name = policy?.[columns.indexOf('name')];
    return typeof name === 'string' ? name : 'autogen';
  }
}

/** As InfluxDB itself chooses: a shard is what is deleted at once, so it must be well below the retention. */
function shardHours(retentionHours: number): number {
  if (retentionHours < 48) return 1;
  return retentionHours <= 24 * 180 ? 24 : 24 * 7;
}

function isDatabaseMissing(error: unknown): boolean {
  return error instanceof NowcastError && error.message.includes('database not found');
}
