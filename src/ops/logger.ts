import { pino, type Logger } from 'pino';
import { pinoPretty } from './pretty-stream.js';

export type { Logger };

export interface LoggerOptions {
  readonly level: string;
  /** Plain readable lines instead of JSON. */
  readonly pretty: boolean;
}

/** Secrets never reach a log line, whatever object is logged. */
const REDACT = [
  '*.token',
  '*.password',
  '*.privateKeyPem',
  '*.authorization',
  'token',
  'password',
  'authorization',
];

/** The process's log, on standard error, so that standard output stays free for what a command answers. */
export function createLogger({ level, pretty }: LoggerOptions): Logger {
  const options = { level, base: null, redact: REDACT };
  return pretty ? pino(options, pinoPretty()) : pino(options, pino.destination({ fd: 2, sync: true }));
}
