import { InfluxDB } from 'influx';
import type { IResponse, IResponseSeries } from 'influx/lib/src/results.js';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { messageOf, NowcastError } from '../contracts/errors.js';

const TIMEOUT_MS = 60_000;

export interface InfluxAddress {
  /** http(s)://[user:password@]host:port[/path] */
  readonly url: string;
  readonly database: string;
}

/** Values of a query's `$name` placeholders: they travel apart from the query, so no value can change its meaning. */
export type Placeholders = Record<string, string | number>;

/** One InfluxDB 1.x server and database: statements through its client library, points as line protocol over HTTP. */
export class InfluxServer {
  private readonly client: InfluxDB;
  private readonly http: Pool;
  private readonly writePath: string;
  private readonly headers: Record<string, string>;
  /** Without user and password: for messages. */
  private readonly shownUrl: string;

  /** @throws NowcastError CONFIG_INVALID when the URL is not one */
  constructor(private readonly address: InfluxAddress) {
    const url = parseUrl(address.url);
    const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
    const basePath = url.pathname.replace(/\/$/, '');
    this.shownUrl = `${url.origin}${basePath}`;
    this.client = new InfluxDB({
      database: address.database,
      hosts: [
        {
          host: url.hostname,
          port: portOf(url),
          protocol: url.protocol === 'https:' ? 'https' : 'http',
          path: basePath,
        },
      ],
      ...(username === '' ? {} : { username, password }),
      pool: { requestTimeout: TIMEOUT_MS, maxRetries: 0 },
    });
    this.http = new Pool(url.origin, { connections: 4, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
    this.writePath = `${basePath}/write?db=${encodeURIComponent(address.database)}&precision=ms`;
    const credentials = Buffer.from(`${username}:${password}`).toString('base64');
    this.headers = username === '' ? {} : { authorization: `Basic ${credentials}` };
  }

  /** Creates the database unless it is there. */
  async createDatabase(): Promise<void> {
    await this.statement(`CREATE DATABASE ${quoted(this.address.database)}`);
  }

  /** Runs a statement that changes the server. */
  async statement(statement: string): Promise<IResponseSeries[][]> {
    return this.run(statement, {});
  }

  /** @returns the series of each statement; times are epoch milliseconds */
  async query(query: string, placeholders: Placeholders): Promise<IResponseSeries[][]> {
    return this.run(query, placeholders);
  }

  /**
   * Writes lines with times in milliseconds.
   * @returns how many points the server left out because they are older than its retention
   * @throws NowcastError HISTORY_UNAVAILABLE (retriable), or STORAGE_FAILED with the server's reason
   */
  async write(lines: Buffer): Promise<{ droppedPoints: number }> {
    let status: number;
    let body: string;
    try {
      const response = await this.post(lines);
      status = response.statusCode;
      body = await response.body.text();
    } catch (error) {
      throw this.unavailable(messageOf(error), error);
    }
    if (status < 300) return { droppedPoints: 0 };
    const reason = errorIn(body);
    const beyond = /^partial write: points beyond retention policy dropped=(\d+)$/.exec(reason);
    if (beyond !== null) return { droppedPoints: Number(beyond[1]) };
    throw this.refused(status, reason);
  }

  async close(): Promise<void> {
    await this.http.close();
  }

  private post(body: Buffer): Promise<Dispatcher.ResponseData> {
    return this.http.request({ method: 'POST', path: this.writePath, headers: this.headers, body });
  }

  private async run(query: string, placeholders: Placeholders): Promise<IResponseSeries[][]> {
    let response: IResponse;
    try {
      // POST, as a GET would carry 60 statements in its address.
      const asked = this.client.queryRaw(query, {
        precision: 'ms',
        placeholders,
        method: 'POST',
      }) as Promise<IResponse>;
      // The client never settles when the server dies in the middle of an answer.
      response = await within(TIMEOUT_MS, asked);
    } catch (error) {
      throw this.failed(error);
    }
    for (const result of response.results) {
      if (result.error !== undefined) throw this.refused(400, result.error);
    }
    return response.results.map((result) => result.series ?? []);
  }

  private failed(error: unknown): NowcastError {
    const status = (error as { res?: { statusCode?: unknown } }).res?.statusCode;
    return typeof status === 'number'
      ? this.refused(status, messageOf(error))
      : this.unavailable(messageOf(error), error);
  }

  private refused(status: number, reason: string): NowcastError {
    const context = { url: this.shownUrl, database: this.address.database };
    if (status === 401 || status === 403) {
      const message = `InfluxDB at ${this.shownUrl} refuses the login: ${reason}; check the user and password in INFLUX_URL`;
      return new NowcastError('HISTORY_UNAVAILABLE', message, { context });
    }
    if (status >= 500 || status === 429 || /timeout|database not found/i.test(reason))
      return this.unavailable(reason, undefined);
    const conflict = /field type conflict/.test(reason)
      ? '; another program wrote this measurement, so give the history a database of its own'
      : '';
    const message = `InfluxDB at ${this.shownUrl} refused points or a query of database ${this.address.database}: ${reason}${conflict}`;
    return new NowcastError('STORAGE_FAILED', message, { context });
  }

  private unavailable(reason: string, cause: unknown): NowcastError {
    const what = `InfluxDB at ${this.shownUrl} (database ${this.address.database}) does not answer: ${reason}`;
    return new NowcastError('HISTORY_UNAVAILABLE', `${what}; start it, or correct INFLUX_URL`, {
      retriable: true,
      cause,
      context: { url: this.shownUrl, database: this.address.database },
    });
  }
}

/** An InfluxQL identifier. */
export function quoted(identifier: string): string {
  return `"${identifier.replace(/["\\]/g, '\\$&')}"`;
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new NowcastError(
      'CONFIG_INVALID',
      `the InfluxDB address must look like http://127.0.0.1:8086, not ${JSON.stringify(text)}`,
    );
  }
  return url;
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function errorIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    return typeof error === 'string' ? error : body;
  } catch {
    return body;
  }
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
