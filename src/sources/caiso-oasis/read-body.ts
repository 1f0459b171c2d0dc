import type { Parsed } from '../parsed.js';
import { refuseMarkup } from '../parse-markup.js';
import { SourceError } from '../source-error.js';
import { type OasisRow, parseOasisCsv, parseOasisXml } from './parse-report.js';
import { isZip, readZip } from './read-zip.js';

const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

/**
 * Reads what OASIS answers with status 200: a zip of one CSV or XML report, or of an XML with an error.
 * @throws SourceError: the reported error's kind, damaged, too_large or unexpected_content
 */
export function readOasisBody(body: Buffer, what: string): Parsed<OasisRow> {
  if (!isZip(body)) {
    const text = body.toString('utf8');
    if (text.trimStart().startsWith('<?xml')) return parseOasisXml(text, what);
    refuseMarkup(text, what);
    throw new SourceError(body.length === 0 ? 'damaged' : 'unexpected_content', `${what} is no zip archive`);
  }
  const members = readZip(body, MAX_UNPACKED_BYTES, what);
  if (members.length === 0) throw new SourceError('damaged', `${what} is an empty zip archive`);
  const parts = members.map(({ name, bytes }) => {
    const text = bytes.toString('utf8');
    return text.trimStart().startsWith('<')
      ? parseOasisXml(text, `${what} (${name})`)
      : parseOasisCsv(text, what, true);
  });
  return { rows: parts.flatMap(({ rows }) => rows), problems: parts.flatMap(({ problems }) => problems) };
}
