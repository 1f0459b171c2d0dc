import { Agent, request } from 'undici';
import { SourceError } from '../source-error.js';
import { parseRetryAfter, problemOfException, problemOfStatus } from './answer-problem.js';
import { Circuit } from './circuit.js';
import type { HostTurns, Pacer } from './host-turns.js';

export interface ClientOptions {
  /** Names the source in metrics and messages. */
  readonly source: string;
  readonly baseUrl: string;
  readonly turns: HostTurns;
  readonly pacer: Pacer;
  readonly signal: AbortSignal;
  /** From the end of a request to the start of the next to this host. */
  readonly pauseMs: number;
  /** A whole request, headers and body. */
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /** Tries of one question before it fails. */
  readonly attempts?: number;
  readonly userAgent: string;
  /** 0 .. 1, spreads the waits of many collectors. */
  readonly random?: () => number;
  /** Told of every request; outcome is ok, not_modified or the kind of error. */
  readonly onRequest?: (outcome: string, seconds: number) => void;
}

export interface Question<T> {
  /** Path and query, below the base URL. */
  readonly path: string;
  /** Names the answer in messages. */
  readonly what: string;
  /** Ask only for what changed since the last answer that could be read. */
  readonly conditional?: boolean;
  /** @throws SourceError when the body is not what was asked for; it counts as a failed try */
  readonly read: (answer: Answer) => T;
}

export interface Answer {
  readonly body: Buffer;
  /** The source's own clock, or ours where it does not say. */
  readonly nowMs: number;
}

/** The source said that nothing changed. */
export const NOT_MODIFIED = Symbol('not modified');

const FIRST_BACKOFF_MS = 2_000;
/** A source that wants to be left alone for longer fails the question; the schedule comes back to it. */
const LONGEST_WAIT_MS = 120_000;
/** What a source answers for itself and is no sign of trouble. */
const ANSWERED = new Set(['no_data', 'not_found', 'invalid_request']);

/**
 * Asks one host, politely: one request at a time with a pause, time limits, few retries with growing waits, what the
 * host says about when to come back, and none at all while it keeps failing. Redirects are not followed.
 */
export class SourceClient {
  private readonly agent = new Agent({ connections: 1, pipelining: 1 });
  private readonly circuit = new Circuit();
  private readonly validators = new Map<string, Record<string, string>>();
  private readonly host: string;
  private lastFailure: string | null = null;

  constructor(private readonly options: ClientOptions) {
    this.host = new URL(options.baseUrl).host;
  }

  /**
   * @returns what `read` made of the answer, or NOT_MODIFIED
   * @throws SourceError: what went wrong at the last try
   */
  async ask<T>(question: Question<T>): Promise<T | typeof NOT_MODIFIED> {
    const { pacer, signal, attempts = 3 } = this.options;
    for (let attempt = 1; ; attempt++) {
      const openMs = this.circuit.waitMs(pacer.nowMs());
      if (openMs > 0) {
        const left = `${this.options.source} is left alone for another ${Math.ceil(openMs / 1000)} s after its failures`;
        const text = this.lastFailure === null ? left : `${left}, the last one: ${this.lastFailure}`;
        throw new SourceError('circuit_open', text, { retryAfterMs: openMs });
      }
      try {
        const result = await this.try(question);
        this.circuit.succeeded();
        return result;
      } catch (error) {
        const problem = problemOfException(error, question.what);
        const waitMs = this.waitAfter(problem, attempt);
        if (!this.note(problem) || attempt >= attempts || waitMs > LONGEST_WAIT_MS || signal.aborted)
          throw problem;
        await pacer.sleep(waitMs, signal);
      }
    }
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  /** @returns whether trying again may help */
  private note(problem: SourceError): boolean {
    if (ANSWERED.has(problem.kind)) this.circuit.succeeded();
    else if (!this.options.signal.aborted) {
      const waitMs = problem.retryAfterMs ?? 0;
      this.lastFailure = problem.message;
      this.circuit.failed(this.options.pacer.nowMs(), waitMs > LONGEST_WAIT_MS ? waitMs : 0);
    }
    return problem.retriable;
  }

  private waitAfter(problem: SourceError, attempt: number): number {
    const { random = Math.random, pauseMs } = this.options;
    const backoffMs = Math.max(FIRST_BACKOFF_MS, pauseMs) * 2 ** (attempt - 1) * (1 + random() / 2);
    return Math.max(backoffMs, problem.retryAfterMs ?? 0);
  }

  private async try<T>(question: Question<T>): Promise<T | typeof NOT_MODIFIED> {
    const { turns, pauseMs, timeoutMs = 30_000, signal, onRequest, pacer } = this.options;
    const turn = await turns.take(this.host, pauseMs, timeoutMs, signal);
    if (turn === null) throw new SourceError('network', `${question.what}: stopped`);
    const startedMs = pacer.nowMs();
    let outcome = 'ok';
    try {
      const result = await this.exchange(question, timeoutMs);
      if (result === NOT_MODIFIED) outcome = 'not_modified';
      return result;
    } catch (error) {
      const problem = problemOfException(error, question.what);
      outcome = problem.kind;
      throw problem;
    } finally {
      turn.release();
      onRequest?.(outcome, Math.max(0, pacer.nowMs() - startedMs) / 1000);
    }
  }

  private async exchange<T>(question: Question<T>, timeoutMs: number): Promise<T | typeof NOT_MODIFIED> {
    const { baseUrl, userAgent, signal, pacer } = this.options;
    const known = question.conditional === true ? (this.validators.get(question.path) ?? {}) : {};
    const response = await request(baseUrl.replace(/\/$/, '') + question.path, {
      dispatcher: this.agent,
      headers: { 'user-agent': userAgent, accept: '*/*', ...known },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const header = (name: string): string | undefined => [response.headers[name]].flat()[0];
    const body = await this.readBody(response.body, question.what);
    if (response.statusCode === 304 && Object.keys(known).length > 0) return NOT_MODIFIED;
    const nowMs = pacer.nowMs();
    if (response.statusCode !== 200) {
      const location = header('location');
      throw problemOfStatus({
        what: question.what,
        status: response.statusCode,
        body: body.toString('utf8', 0, 2000),
        retryAfterMs: parseRetryAfter(header('retry-after'), nowMs),
        ...(location === undefined ? {} : { location }),
      });
    }
    const result = question.read({ body, nowMs: serverTime(header('date'), nowMs) });
    this.remember(question.path, header('etag'), header('last-modified'));
    return result;
  }

  private async readBody(stream: AsyncIterable<Uint8Array>, what: string): Promise<Buffer> {
    const { maxBytes = 64 * 1024 * 1024 } = this.options;
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > maxBytes) throw new SourceError('too_large', `${what} is larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  private remember(path: string, etag: string | undefined, modified: string | undefined): void {
    const known: Record<string, string> = {};
    if (etag !== undefined) known['if-none-match'] = etag;
    if (modified !== undefined) known['if-modified-since'] = modified;
    this.validators.delete(path);
    if (Object.keys(known).length > 0) this.validators.set(path, known);
    const [oldest] = this.validators.keys();
    if (this.validators.size > 100 && oldest !== undefined) this.validators.delete(oldest);
  }
}

/** Which day it is there decides how a day file is read; a clock that is far off is ours or theirs, so ours holds. */
function serverTime(date: string | undefined, nowMs: number): number {
  const stated = Date.parse(date ?? '');
  return Math.abs(stated - nowMs) < 300_000 ? stated : nowMs;
}
