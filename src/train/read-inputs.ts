import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventLog } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import { INPUT_TOPICS, type InputTopic, statedStepMinutes, toInputEvent } from '../nowcast/decode-input.js';
import { type EventColumns, EventCollector } from './event-columns.js';

export interface ZoneInputs {
  readonly columns: EventColumns;
  /** Step that the zone's latest demand record states; null when it has no demand. */
  readonly stepMinutes: number | null;
}

export interface ReadOptions {
  /** Only these zones; empty or absent means all. */
  readonly zones?: readonly string[];
  /** Records of an earlier log time are not read. */
  readonly fromMs: number;
  /** Records that became available later are left out. */
  readonly untilMs: number;
}

/** The service of the same process goes on while inputs are read: it waits this long at most. */
const MAX_TURN_MS = 5;

interface Collected {
  readonly collector: EventCollector;
  stepMinutes: number | null;
}

/**
 * Reads the inputs from the log, up to where it stood when the reading began. Records that cannot be decoded are left
 * to the stream, which makes dead letters of them; here they are only counted.
 */
export async function readInputs(
  log: EventLog,
  codec: SchemaCodec,
  options: ReadOptions,
): Promise<{ zones: Map<string, ZoneInputs>; undecodable: number }> {
  const wanted = options.zones === undefined || options.zones.length === 0 ? null : new Set(options.zones);
  const collected = new Map<string, Collected>();
  let undecodable = 0;
  let turnEndsMs = performance.now() + MAX_TURN_MS;
  for (const topic of INPUT_TOPICS) {
    for (const { partition, offset } of await log.offsetsAt(topic, options.fromMs)) {
      for await (const batch of log.read(topic, partition, offset)) {
        await codec.prepare(batch.records.map(({ value }) => value));
        for (const { key, value } of batch.records) {
          if (wanted !== null && !wanted.has(key)) continue;
          if (!collect(codec, topic, value, options.untilMs, collected)) undecodable += 1;
          if (performance.now() < turnEndsMs) continue;
          await nextTurn();
          turnEndsMs = performance.now() + MAX_TURN_MS;
        }
      }
    }
  }
  const zones = new Map<string, ZoneInputs>();
  for (const [zone, { collector, stepMinutes }] of collected) {
    zones.set(zone, { columns: collector.columns(), stepMinutes });
  }
  return { zones, undecodable };
}

function collect(
  codec: SchemaCodec,
  topic: InputTopic,
  value: Uint8Array | null,
  untilMs: number,
  collected: Map<string, Collected>,
): boolean {
  const decoded = codec.decode(topic, value);
  if (!decoded.ok) return false;
  const event = toInputEvent(topic, decoded.value);
  if (event.availableAtMs > untilMs) return true;
  const zone = collected.get(event.zone) ?? { collector: new EventCollector(event.zone), stepMinutes: null };
  collected.set(event.zone, zone);
  zone.collector.add(event);
  zone.stepMinutes = statedStepMinutes(topic, decoded.value) ?? zone.stepMinutes;
  return true;
}
