import { DAY_MS, MINUTE_MS } from '../contracts/time.js';
import type { HistoryStore } from '../history/history-store.js';
import type { EventLog } from '../log/event-log.js';
import { readDecoded } from '../log/read-decoded.js';
import type { SchemaCodec } from '../log/schema-codec.js';

export interface HorizonSummary {
  readonly zone: string;
  readonly horizonMinutes: number;
  /** Nowcasts scored. */
  readonly n: number;
  /** Percent, of what was issued: models and fallbacks alike. */
  readonly mape: number;
  /** Percent, of the nowcasts that a model made; null when none did. */
  readonly modelMape: number | null;
  readonly modelN: number;
  /** Percent, of plain persistence on the model's rows; null when the model made none. */
  readonly persistenceMape: number | null;
}

const SHOWN_MINUTES = [5, 15, 30, 60, 180, 360, 1440];
const READ_AT_ONCE_MS = 30 * DAY_MS;

/** Values that the quality rules kept out, as `zone|validTime|value`: what is no demand measures no nowcast. */
export async function quarantinedValues(log: EventLog, codec: SchemaCodec): Promise<ReadonlySet<string>> {
  const values = new Set<string>();
  for await (const records of readDecoded(log, codec, 'quality.events')) {
    for (const { decoded } of records) {
      if (!decoded.ok || decoded.value.action !== 'quarantined' || decoded.value.value === null) continue;
      const { zone, validTime, value } = decoded.value;
      values.add(valueKey(zone, Date.parse(validTime), value));
    }
  }
  return values;
}

function valueKey(zone: string, timeMs: number, demandMw: number): string {
  return `${zone}|${timeMs}|${demandMw}`;
}

/** Measures a replay from what the history holds of it: every nowcast against the demand that came. */
export async function summariseReplay(
  history: HistoryStore,
  zone: string,
  horizonsMinutes: readonly number[],
  quarantined: ReadonlySet<string>,
  fromMs: number,
  toMs: number,
): Promise<HorizonSummary[]> {
  const actual = new Map<number, number>();
  for (let at = fromMs - DAY_MS; at < toMs; at += READ_AT_ONCE_MS) {
    const range = { fromMs: at, toMs: Math.min(toMs, at + READ_AT_ONCE_MS) };
    for (const { timeMs, demandMw } of await history.demand(zone, range)) {
      if (!quarantined.has(valueKey(zone, timeMs, demandMw))) actual.set(timeMs, demandMw);
    }
  }
  const rows: HorizonSummary[] = [];
  for (const minutes of horizonsMinutes.filter((horizon) => SHOWN_MINUTES.includes(horizon))) {
    rows.push(await summariseHorizon(history, zone, minutes, actual, fromMs, toMs));
  }
  return rows;
}

async function summariseHorizon(
  history: HistoryStore,
  zone: string,
  horizonMinutes: number,
  actual: ReadonlyMap<number, number>,
  fromMs: number,
  toMs: number,
): Promise<HorizonSummary> {
  const all = new MeanOfErrors();
  const model = new MeanOfErrors();
  const persistence = new MeanOfErrors();
  for (let at = fromMs; at < toMs; at += READ_AT_ONCE_MS) {
    const range = { fromMs: at, toMs: Math.min(toMs, at + READ_AT_ONCE_MS) };
    for (const { timeMs, mw, modelVersion } of await history.nowcasts(zone, horizonMinutes, range)) {
      const demandMw = actual.get(timeMs);
      if (demandMw === undefined || demandMw <= 0) continue;
      all.add(mw, demandMw);
      if (modelVersion.startsWith('baseline:')) continue;
      model.add(mw, demandMw);
      const last = actual.get(timeMs - horizonMinutes * MINUTE_MS);
      if (last !== undefined) persistence.add(last, demandMw);
    }
  }
  return {
    zone,
    horizonMinutes,
    n: all.n,
    mape: all.percent ?? Number.NaN,
    modelMape: model.percent,
    modelN: model.n,
    persistenceMape: persistence.percent,
  };
}

class MeanOfErrors {
  n = 0;
  private sum = 0;

  get percent(): number | null {
    return this.n === 0 ? null : (100 * this.sum) / this.n;
  }

  add(forecastMw: number, actualMw: number): void {
    this.n += 1;
    this.sum += Math.abs(forecastMw - actualMw) / actualMw;
  }
}
