import { spawn, type ChildProcessByStdio } from 'node:child_process';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const LIGHT_TRAINING = path.join(ROOT, 'test', 'integration', 'support', 'light-training.json');
const PROGRAM = path.join(ROOT, 'bin', 'nowcast.js');

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program as its own process, as a user runs it. */
export class Cli {
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;
  private output = { stdout: '', stderr: '' };
  private listeners: (() => void)[] = [];
  readonly finished: Promise<Finished>;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}, userId?: number) {
    this.child = spawn(process.execPath, [PROGRAM, ...args], {
      ...(userId === undefined ? {} : { uid: userId, gid: userId }),
      cwd: ROOT,
      // Tests ask no source on the internet; those of collecting bring their own and say so. They train lightly.
      env: { ...process.env, NOWCAST_COLLECT: 'off', NOWCAST_CONFIG: LIGHT_TRAINING, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const name of ['stdout', 'stderr'] as const) {
      this.child[name].setEncoding('utf8').on('data', (text: string) => {
        this.output[name] += text;
        for (const listener of this.listeners) listener();
      });
    }
    // A test that fails half-way must not leave its process behind.
    const child = this.child;
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('close', () => process.removeListener('exit', end));
    this.finished = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        resolve({ code, signal, ...this.output });
        for (const listener of this.listeners) listener();
      });
    });
  }

  get text(): string {
    return this.output.stdout + this.output.stderr;
  }

  /** Resolves with the match once the output has it; fails when the process ends without it. */
  async says(pattern: RegExp): Promise<RegExpMatchArray> {
    const found = new Promise<RegExpMatchArray>((resolve) => {
      const look = () => {
        const match = this.text.match(pattern);
        if (match !== null) resolve(match);
      };
      this.listeners.push(look);
      look();
    });
    const ended = this.finished.then(({ code }) => {
      const match = this.text.match(pattern);
      if (match !== null) return match;
      throw new Error(`ended with ${String(code)} before it said ${String(pattern)}:\n${this.text}`);
    });
    return Promise.race([found, ended]);
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

/** Runs a command to its end. */
export function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  return new Cli(args, env).finished;
}
