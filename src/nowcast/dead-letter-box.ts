import type { DeadLetter } from '../contracts/records.js';
import { toIso } from '../contracts/time.js';
import type { EventLog } from '../log/event-log.js';
import { recordHead } from '../log/record-head.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import type { Logger } from '../ops/logger.js';
import type { Metrics } from '../ops/metrics.js';
import type { RefusedEvent } from './work-batch.js';

export interface DeadLetterBoxOptions {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly retry: <T>(action: () => Promise<T>) => Promise<T>;
}

/** Keeps what could not be processed, with the reason, where an operator finds it: the dead-letters topic. */
export class DeadLetterBox {
  constructor(private readonly options: DeadLetterBoxOptions) {}

  async put(letters: readonly DeadLetter[]): Promise<void> {
    const { log, codec, metrics, logger, retry } = this.options;
    const records = letters.map((letter) => ({
      key: letter.topic,
      value: codec.encode('dead-letters', letter),
      timestampMs: Date.parse(letter.at),
      headers: {
        ...recordHead('dead-letters', 'stream'),
        code: letter.code,
        origin: `${letter.topic}/${letter.partition}:${letter.offset}`,
      },
    }));
    await retry(() => log.append('dead-letters', records));
    for (const { topic, partition, offset, code, message } of letters) {
      metrics.deadLettersTotal.inc({ topic, code });
      logger.warn({ topic, partition, offset, code }, `set aside in dead-letters: ${message}`);
    }
  }

  /** Events that decoded well but do not fit their zone; their raw bytes are read back from the log. */
  async putRefused(refused: readonly RefusedEvent[], nowMs: number): Promise<void> {
    await this.put(await Promise.all(refused.map((event) => this.letterOf(event, nowMs))));
  }

  private async letterOf({ envelope, message }: RefusedEvent, nowMs: number): Promise<DeadLetter> {
    const { topic, partition, offset } = envelope.trigger;
    const letter = {
      at: toIso(nowMs),
      code: 'RECORD_INVALID',
      message,
      topic,
      partition,
      offset,
      key: envelope.event.zone,
    };
    for await (const { records } of this.options.log.read(topic, partition, offset, offset + 1)) {
      const value = records.find((record) => record.offset === offset)?.value;
      if (value !== undefined && value !== null)
        return { ...letter, valueBase64: Buffer.from(value).toString('base64') };
    }
    return { ...letter, valueBase64: '' };
  }
}
