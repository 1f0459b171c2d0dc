import { PinoPretty } from 'pino-pretty';

/** Formats log records for people; synchronous, so that the last line before an exit is never lost. */
export function pinoPretty(): ReturnType<typeof PinoPretty> {
  return PinoPretty({
    destination: 2,
    sync: true,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname',
    colorize: process.stderr.isTTY,
  });
}
