import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @typedef {{ caption: string, columns: string[], rows: (string | number)[][] }} Table
 * @typedef {{ name: string, environment: Record<string, string | number>, tables: Table[] }} Result
 */

/** Three significant digits, thousands apart. */
export function formatted(value) {
  if (typeof value === 'string') return value;
  if (Number.isInteger(value) && Math.abs(value) < 1000) return String(value);
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 10 });
}

/** @param {Table} table */
export function toMarkdown({ caption, columns, rows }) {
  const cells = [columns, ...rows.map((row) => row.map(formatted))];
  const widths = columns.map((_, i) => Math.max(3, ...cells.map((row) => row[i].length)));
  const numeric = columns.map((_, i) => rows.every((row) => typeof row[i] === 'number'));
  const line = (row) =>
    `| ${row.map((cell, i) => (numeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (numeric[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return [`**${caption}**`, '', line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
}

/** @param {Result} result */
export function resultMarkdown({ environment, tables }) {
  const { date, node, cpu, cores, loadAverage1m } = environment;
  const facts = `_${date.slice(0, 10)}, Node ${node}, ${cpu}, ${cores} cores, load average at the start ${loadAverage1m}_`;
  return [facts, ...tables.map(toMarkdown)].join('\n\n');
}

/** @param {Result} result */
export function writeResult(folder, result) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${result.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

/** Replaces what stands between `<!-- bench:name -->` and `<!-- /bench:name -->`. */
export function rewriteDocument(file, results) {
  let text = readFileSync(file, 'utf8');
  for (const result of results) {
    const [begin, end] = [`<!-- bench:${result.name} -->`, `<!-- /bench:${result.name} -->`];
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`${file} has no markers ${begin} ... ${end}`);
    text = `${text.slice(0, from + begin.length)}\n\n${resultMarkdown(result)}\n\n${text.slice(to)}`;
  }
  writeFileSync(file, text);
}
