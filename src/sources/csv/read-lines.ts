import { open } from 'node:fs/promises';
import { createReadStream, type ReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { messageOf, NowcastError } from '../../contracts/errors.js';
import { fileProblem } from '../../contracts/file-problem.js';

/** A longer line is no row of ours; a binary file without line ends must not fill the memory. */
const MAX_LINE_CHARS = 65_536;

/** Lines that were read together. */
export interface LineBatch {
  /** Line number of the first, counted from 1. */
  readonly firstLine: number;
  /** Without line ends. One that was too long is cut, so that no field of it can pass for a row. */
  readonly lines: readonly string[];
}

/**
 * Streams a text file, gzip (known by its first bytes) or plain, as batches of lines.
 * @throws NowcastError INPUT_INVALID for a missing file, a directory, an unreadable one, a `.gz` that is no gzip,
 * or a gzip that is cut short
 */
export async function* readLines(path: string): AsyncGenerator<LineBatch> {
  const gzip = await isGzip(path);
  if (!gzip && path.toLowerCase().endsWith('.gz')) {
    throw new NowcastError('INPUT_INVALID', `${path} ends in .gz but is not gzip; rename it or compress it`);
  }
  const file = createReadStream(path);
  const decoder = new StringDecoder('utf8');
  const splitter = new LineSplitter();
  try {
    for await (const chunk of gzip ? gunzip(file) : file)
      yield* splitter.push(decoder.write(chunk as Buffer));
  } catch (error) {
    if (error instanceof NowcastError) throw error;
    const what = gzip ? 'is not whole gzip data' : 'cannot be read';
    throw new NowcastError('INPUT_INVALID', `${path} ${what}: ${messageOf(error)}`, { cause: error });
  } finally {
    file.destroy();
  }
  yield* splitter.end(decoder.end());
}

function gunzip(file: ReadStream): AsyncIterable<unknown> {
  const unzip = createGunzip();
  file.on('error', (error) => unzip.destroy(error));
  return file.pipe(unzip);
}

async function isGzip(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'r');
    try {
      if ((await handle.stat()).isDirectory()) {
        throw new NowcastError('INPUT_INVALID', `${path} is a directory; name the CSV file in it`);
      }
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof NowcastError) throw error;
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const text = missing ? `there is no file ${path}` : `${path} cannot be read: ${fileProblem(error)}`;
    throw new NowcastError('INPUT_INVALID', text, { cause: error });
  }
}

/** Cuts text that comes in pieces into lines; ends are LF or CRLF. */
class LineSplitter {
  private rest = '';
  private nextLine = 1;

  *push(text: string): Generator<LineBatch> {
    const lines = (this.rest + text).split('\n');
    this.rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARS);
    if (lines.length > 0) yield this.batch(lines);
  }

  *end(text: string): Generator<LineBatch> {
    yield* this.push(text);
    if (this.rest !== '') yield this.batch([this.rest]);
  }

  private batch(lines: string[]): LineBatch {
    const firstLine = this.nextLine;
    this.nextLine += lines.length;
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i] ?? '';
      if (line.endsWith('\r')) lines[i] = line.slice(0, -1);
    }
    if (firstLine === 1 && lines[0]?.startsWith('\uFEFF')) lines[0] = lines[0].slice(1);
    return { firstLine, lines };
  }
}
