import type { DeadLetter } from '../contracts/records.js';
import { toIso } from '../contracts/time.js';
import type { InputEvent } from '../features/input-event.js';
import type { LogRecord, RecordBatch } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import { statedStepMinutes, toInputEvent, type InputTopic } from './decode-input.js';
import type { QueuedEvent } from './merge.js';
import type { Trigger } from './request.js';

/** One input record on its way to the pure core. */
export interface Envelope extends QueuedEvent {
  readonly trigger: Trigger;
  /** Step that a demand record states. */
  readonly stepMinutes: number | null;
  readonly traceparent: string | undefined;
  /** False while state is being rebuilt: the event changes state and emits nothing. */
  readonly emit: boolean;
  /** Monotonic clock, milliseconds. */
  readonly receivedAtMs: number;
}

export interface IntakeResult {
  readonly envelopes: Envelope[];
  readonly deadLetters: DeadLetter[];
}

/**
 * Decodes a batch of an input topic. A record that is not what its topic promises becomes a dead letter with its raw
 * bytes, once: not again while state is being rebuilt.
 */
export async function decodeBatch(
  codec: SchemaCodec,
  topic: InputTopic,
  batch: RecordBatch,
  emitFrom: number,
  clock: { nowMs: number; receivedAtMs: number },
): Promise<IntakeResult> {
  await codec.prepare(batch.records.map(({ value }) => value));
  const envelopes: Envelope[] = [];
  const deadLetters: DeadLetter[] = [];
  for (const record of batch.records) {
    const emit = record.offset >= emitFrom;
    const decoded = decodeRecord(codec, topic, record);
    if ('problem' in decoded) {
      const { code, message } = decoded.problem;
      if (emit) deadLetters.push(deadLetter(batch, record, code, message, clock.nowMs));
      continue;
    }
    envelopes.push({
      event: decoded.event,
      offset: record.offset,
      trigger: { topic, partition: batch.partition, offset: record.offset },
      stepMinutes: decoded.stepMinutes,
      traceparent: record.headers['traceparent'],
      emit,
      receivedAtMs: clock.receivedAtMs,
    });
  }
  return { envelopes, deadLetters };
}

type DecodedRecord =
  | { readonly event: InputEvent; readonly stepMinutes: number | null }
  | { readonly problem: { readonly code: string; readonly message: string } };

function decodeRecord(codec: SchemaCodec, topic: InputTopic, record: LogRecord): DecodedRecord {
  const decoded = codec.decode(topic, record.value);
  if (!decoded.ok) return { problem: decoded };
  const { value } = decoded;
  if (value.zone !== record.key) {
    const message = `the record key is ${JSON.stringify(record.key)} but its zone is ${JSON.stringify(value.zone)}; key demand, weather and forecasts by zone`;
    return { problem: { code: 'RECORD_INVALID', message } };
  }
  return {
    event: toInputEvent(topic, value),
    stepMinutes: statedStepMinutes(topic, value),
  };
}

export function deadLetter(
  origin: { readonly topic: string; readonly partition: number },
  record: LogRecord,
  code: string,
  message: string,
  nowMs: number,
): DeadLetter {
  return {
    at: toIso(nowMs),
    code,
    message,
    topic: origin.topic,
    partition: origin.partition,
    offset: record.offset,
    key: record.key,
    valueBase64: record.value === null ? '' : Buffer.from(record.value).toString('base64'),
  };
}
