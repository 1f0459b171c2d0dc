import { parseIso } from '../../contracts/time.js';
import { parseCsv } from '../parse-csv.js';
import { parseDecimal } from '../parse-number.js';
import { type Parsed, Problems } from '../parsed.js';
import { SourceError, type SourceErrorKind } from '../source-error.js';
import { elementsOf, parseXml, textOf, type XmlElement } from './parse-xml.js';

/** One row of an OASIS report, whatever its format. Interval ends are OASIS's own, in UTC. */
export interface OasisRow {
  /** TAC area or trading hub; names collide across balancing areas, so only an allow-list makes one a zone. */
  readonly resource: string;
  /** Data item, for example SYS_FCST_ACT_MW. */
  readonly item: string;
  /** ACTUAL, RTM, DAM, 2DA, 7DA, ... */
  readonly marketRun: string;
  /** Solar or Wind in renewable forecasts, otherwise empty. */
  readonly renewable: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly mw: number;
}

/** Codes of the interface specification, as kinds of failure; others are the server's. */
const KIND_OF_CODE: Readonly<Record<string, SourceErrorKind>> = {
  1000: 'no_data',
  1001: 'invalid_request',
  1002: 'invalid_request',
  1004: 'invalid_request',
  1005: 'invalid_request',
  1011: 'invalid_request',
  1014: 'no_data',
  1015: 'not_ready',
  1016: 'invalid_request',
};

/**
 * Reads the CSV of a report (`resultformat=6`), rows in any order.
 * @throws SourceError unexpected_content when columns are missing, damaged when it is empty
 */
export function parseOasisCsv(text: string, what: string, isWhole: boolean): Parsed<OasisRow> {
  const problems = new Problems();
  const { header, rows } = parseCsv(text, { what, problems, isWhole });
  const column = columnFinder(header, what);
  const start = column(['INTERVALSTARTTIME_GMT', 'INTERVAL_START_GMT']);
  const end = column(['INTERVALENDTIME_GMT', 'INTERVAL_END_GMT']);
  const resource = column(['TAC_AREA_NAME', 'TRADING_HUB', 'RESOURCE_NAME']);
  const item = column(['XML_DATA_ITEM', 'DATA_ITEM']);
  const marketRun = column(['MARKET_RUN_ID']);
  const mw = column(['MW', 'VALUE']);
  const renewable = header.indexOf('RENEWABLE_TYPE');
  const parsed: OasisRow[] = [];
  for (const { line, fields } of rows) {
    const field = (at: number): string => fields[at]?.trim() ?? '';
    const row = toRow(
      {
        resource: field(resource),
        item: field(item),
        marketRun: field(marketRun),
        renewable: renewable < 0 ? '' : field(renewable),
      },
      [field(start), field(end), field(mw)],
    );
    if (typeof row === 'string') problems.add(`line ${line}`, row);
    else parsed.push(row);
  }
  return { rows: parsed, problems: problems.list() };
}

/**
 * Reads the XML of a report (`resultformat=5`), or of an error, which also comes with HTTP 200.
 * @throws SourceError of the reported error's kind, or damaged
 */
export function parseOasisXml(text: string, what: string): Parsed<OasisRow> {
  if (/^\s*<(!doctype html|html)/i.test(text))
    throw new SourceError('unexpected_content', `${what}: a page came instead of data`);
  const root = parseXml(text, what);
  throwReportedError(root, what);
  const problems = new Problems();
  const rows: OasisRow[] = [];
  for (const report of elementsOf(root, 'REPORT_ITEM')) {
    const headerElement = elementsOf(report, 'REPORT_HEADER')[0];
    const marketRun = headerElement === undefined ? '' : (textOf(headerElement, 'MKT_TYPE') ?? '');
    for (const [i, data] of elementsOf(report, 'REPORT_DATA').entries()) {
      const field = (name: string): string => textOf(data, name) ?? '';
      const row = toRow(
        {
          resource: field('RESOURCE_NAME') || field('TRADING_HUB'),
          item: field('DATA_ITEM'),
          marketRun,
          renewable: field('RENEWABLE_TYPE'),
        },
        [field('INTERVAL_START_GMT'), field('INTERVAL_END_GMT'), field('VALUE')],
      );
      if (typeof row === 'string') problems.add(`report data ${i + 1}`, row);
      else rows.push(row);
    }
  }
  return { rows, problems: problems.list() };
}

function throwReportedError(root: XmlElement, what: string): void {
  const [error] = elementsOf(root, 'ERROR');
  if (error === undefined) return;
  const code = textOf(error, 'ERR_CODE') ?? '';
  const description = (textOf(error, 'ERR_DESC') ?? 'no description').slice(0, 200);
  throw new SourceError(KIND_OF_CODE[code] ?? 'server_error', `${what}: OASIS error ${code}: ${description}`);
}

type Names = Pick<OasisRow, 'resource' | 'item' | 'marketRun' | 'renewable'>;

/** @returns the row, or what is wrong with it */
function toRow(names: Names, [start, end, value]: readonly [string, string, string]): OasisRow | string {
  if (names.resource === '') return 'the resource is missing';
  if (names.item === '') return 'the data item is missing';
  if (names.marketRun === '') return 'the market run is missing';
  const mw = parseDecimal(value);
  if (Number.isNaN(mw)) return `not a number of megawatts: ${JSON.stringify(value.slice(0, 40))}`;
  try {
    const startMs = parseIso(start);
    const endMs = parseIso(end);
    if (!(endMs > startMs)) return 'the interval ends before it starts';
    return { ...names, startMs, endMs, mw };
  } catch {
    return `not a UTC interval: ${JSON.stringify(`${start} .. ${end}`.slice(0, 80))}`;
  }
}

function columnFinder(header: readonly string[], what: string): (names: readonly string[]) => number {
  return (names) => {
    const found = header.flatMap((name, i) => (names.includes(name) ? [i] : []));
    if (found.length === 1 && found[0] !== undefined) return found[0];
    const problem = found.length === 0 ? 'has no column' : 'has several columns';
    throw new SourceError('unexpected_content', `${what} ${problem} ${names.join(' or ')}`);
  };
}
