import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { NowcastError } from '../contracts/errors.js';
import { fileProblem } from '../contracts/file-problem.js';
import { toIso } from '../contracts/time.js';
import type { BacktestPrediction } from '../train/backtest-rows.js';

const HEADER = 'zone,origin,target,horizon_minutes,mw,p10,p90,actual_mw,model_version';
const LINES_AT_ONCE = 2000;

/** The predictions CSV of INTERFACES, gzip when its name ends in .gz. Whoever adds rows awaits `ready` now and then. */
export class PredictionsFile {
  private readonly input: NodeJS.WritableStream;
  private readonly written: Promise<void>;
  private lines: string[] = [HEADER];
  private isFull = false;
  private failure: unknown = null;

  constructor(private readonly path: string) {
    const file = createWriteStream(path);
    const gzip = path.endsWith('.gz') ? createGzip() : null;
    gzip?.pipe(file);
    this.input = gzip ?? file;
    this.written = finished(file);
    // Kept until somebody awaits: a full disk must not be an unhandled rejection in the middle of the walk.
    this.written.catch((error: unknown) => {
      this.failure = error;
      gzip?.destroy();
    });
  }

  add(row: BacktestPrediction): void {
    const numbers = [row.horizonMinutes, row.mw, row.p10, row.p90, row.actualMw].map((value) =>
      Number.isFinite(value) ? String(value) : '',
    );
    const times = [toIso(row.originMs), toIso(row.targetMs)];
    this.lines.push([csv(row.zone), ...times, ...numbers, csv(row.modelVersion)].join(','));
    if (this.lines.length >= LINES_AT_ONCE) this.flush();
  }

  /** Resolves when the file takes more rows. @throws NowcastError STORAGE_FAILED when it cannot be written */
  async ready(): Promise<void> {
    if (this.isFull && this.failure === null)
      await Promise.race([once(this.input, 'drain'), this.written]).catch(() => undefined);
    this.isFull = false;
    if (this.failure !== null) throw this.problem(this.failure);
  }

  /** Resolves when every row is in the file. @throws NowcastError STORAGE_FAILED */
  async close(): Promise<void> {
    this.flush();
    this.input.end();
    await this.written.catch((error: unknown) => {
      throw this.problem(error);
    });
  }

  private flush(): void {
    if (this.lines.length === 0 || this.failure !== null) return;
    if (!this.input.write(this.lines.join('\n') + '\n')) this.isFull = true;
    this.lines = [];
  }

  private problem(cause: unknown): NowcastError {
    return new NowcastError('STORAGE_FAILED', `cannot write ${this.path}: ${fileProblem(cause)}`, { cause });
  }
}

function csv(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
