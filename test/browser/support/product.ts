import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const URL_LINE = /http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):(\d+)/;
const START_LIMIT_MS = 90_000;
const OUTPUT_KEPT = 4000;

/** The real product as a user starts it: `nowcast demo` in a process of its own. */
export class Product {
  readonly port: number;
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.port = port;
    this.url = `http://localhost:${port}/`;
  }

  /** Starts it and resolves once it has printed its address. @param port 0 for a free one */
  static async start(dataDir: string, port: number, speed: number): Promise<Product> {
    const args = [
      'bin/nowcast.js',
      'demo',
      '--port',
      String(port),
      '--data-dir',
      dataDir,
      '--speed',
      String(speed),
    ];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    return new Product(child, await printedPort(child));
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
  }
}

function printedPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (what: string): void => {
      child.kill('SIGKILL');
      reject(new Error(`${what}; its last output was:\n${output.slice(-OUTPUT_KEPT)}`));
    };
    const limit = setTimeout(() => fail('the demo printed no address in time'), START_LIMIT_MS);
    const read = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-OUTPUT_KEPT);
      const port = URL_LINE.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(limit);
      resolve(Number(port));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('exit', (code) => {
      clearTimeout(limit);
      fail(`the demo ended with status ${code ?? 'none'} before it printed its address`);
    });
  });
}
