import { NowcastError } from '../contracts/errors.js';

/** What can be exported, and from where: the history first where there is one. */
export const EXPORT_KINDS = {
  demand: ['history', 'log'],
  weather: ['history', 'log'],
  nowcasts: ['history', 'log'],
  accuracy: ['history', 'log'],
  history: ['history'],
  'demand-forecasts': ['log'],
  supply: ['log'],
  'supply-forecasts': ['log'],
  'weather-forecasts': ['log'],
  'quality-events': ['log'],
  alerts: ['log'],
  'training-runs': ['log'],
} as const satisfies Record<string, readonly ExportSource[]>;

export type ExportKind = keyof typeof EXPORT_KINDS;
export type LogExportKind = Exclude<ExportKind, 'history'>;
export type HistoryKind = Extract<ExportKind, 'demand' | 'weather' | 'nowcasts' | 'accuracy' | 'history'>;
export type ExportSource = 'history' | 'log';

export const EXPORT_SOURCES = ['history', 'log'] as const;
export const EXPORT_KIND_NAMES = Object.keys(EXPORT_KINDS) as ExportKind[];

/** What to export. */
export interface ExportRequest {
  readonly kind: ExportKind;
  readonly source: ExportSource;
  /** The zones in this order. */
  readonly zones: readonly string[];
  /** No zone was named: of the log, then, records of any zone or of none. */
  readonly everyZone: boolean;
  /** Inclusive, epoch milliseconds. */
  readonly fromMs: number;
  /** Exclusive, epoch milliseconds. */
  readonly toMs: number;
  /** Of `nowcasts`, `history` and `accuracy`: only this horizon. */
  readonly horizonMinutes?: number;
}

/** Every horizon when none was asked for. */
export function isAskedHorizon(horizonMinutes: number, asked: number | undefined): boolean {
  return asked === undefined || asked === horizonMinutes;
}

/**
 * The source to export a kind from.
 * @throws NowcastError INPUT_INVALID when the kind is not kept there
 */
export function sourceFor(kind: ExportKind, asked: ExportSource | undefined): ExportSource {
  const offered: readonly ExportSource[] = EXPORT_KINDS[kind];
  const source = asked ?? offered[0];
  if (source !== undefined && offered.includes(source)) return source;
  throw new NowcastError(
    'INPUT_INVALID',
    `${kind} cannot be exported with source=${String(asked)}; it is kept in: ${offered.join(', ')}`,
  );
}
