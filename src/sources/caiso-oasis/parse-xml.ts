import { SourceError } from '../source-error.js';

/** One element without its namespace prefix. OASIS uses no attributes beyond namespaces, so they are left out. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const ATTRIBUTES = /^(\s+[\w:.-]+\s*=\s*("[^"<]*"|'[^'<]*'))*\s*$/;
const NAME = /^[A-Za-z_][\w.:-]*$/;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const MAX_DEPTH = 64;

interface Open {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

/**
 * A strict reader for the plain XML of OASIS: elements and text. What is not closed in order is damaged, so that a
 * report that was cut short is never taken for a short one. No document types, so no entities that grow.
 * @throws SourceError damaged
 */
export function parseXml(source: string, what: string): XmlElement {
  const root: Open = { name: '', children: [], text: '' };
  const open: Open[] = [root];
  let at = source.startsWith('\uFEFF') ? 1 : 0;
  while (at < source.length) {
    const next = source.indexOf('<', at);
    const top = open.at(-1) ?? root;
    top.text += decode(source.slice(at, next < 0 ? source.length : next), what);
    if (next < 0) break;
    at = readMarkup(source, next, open, what);
  }
  const [element, ...others] = root.children;
  if (open.length !== 1) throw damaged(what, `<${open.at(-1)?.name ?? ''}> is not closed; it is cut short`);
  if (element === undefined || others.length > 0 || root.text.trim() !== '')
    throw damaged(what, 'it has no single root');
  return element;
}

/** All elements of a name below an element, in order. */
export function elementsOf(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.flatMap((child) => (child.name === name ? [child] : elementsOf(child, name)));
}

/** Text of a direct child; null when there is none or more than one. */
export function textOf(parent: XmlElement, name: string): string | null {
  const found = parent.children.filter((child) => child.name === name);
  return found.length === 1 ? (found[0]?.text.trim() ?? null) : null;
}

/** @returns where to go on */
function readMarkup(source: string, start: number, open: Open[], what: string): number {
  for (const [opening, closing] of [
    ['<?', '?>'],
    ['<!--', '-->'],
  ] as const) {
    if (source.startsWith(opening, start)) return after(source, closing, start, what);
  }
  if (source.startsWith('<!', start))
    throw damaged(what, 'it has a document type or CDATA, which OASIS never sends');
  const end = after(source, '>', start, what);
  const inner = source.slice(start + 1, end - 1).trimEnd();
  if (inner.startsWith('/')) close(inner.slice(1), open, what);
  else begin(inner, open, what);
  return end;
}

function begin(inner: string, open: Open[], what: string): void {
  const isEmpty = inner.endsWith('/');
  const [, tag = '', attributes = ''] = /^(\S+)([^]*)$/.exec(isEmpty ? inner.slice(0, -1) : inner) ?? [];
  if (!ATTRIBUTES.test(attributes)) throw damaged(what, `<${tag.slice(0, 40)}> is malformed`);
  const name = localName(tag, what);
  const element: Open = { name, children: [], text: '' };
  open.at(-1)?.children.push(element);
  if (isEmpty) return;
  if (open.length > MAX_DEPTH) throw damaged(what, 'its elements are nested too deeply');
  open.push(element);
}

function close(closing: string, open: Open[], what: string): void {
  const name = localName(closing, what);
  if (open.length < 2 || open.at(-1)?.name !== name)
    throw damaged(what, `</${name}> closes what is not open`);
  const closed = open.pop();
  if (closed !== undefined && closed.children.length > 0 && closed.text.trim() !== '')
    throw damaged(what, `<${name}> mixes text and elements`);
}

function localName(name: string, what: string): string {
  if (!NAME.test(name)) throw damaged(what, `${JSON.stringify(name.slice(0, 40))} is not a name`);
  return name.slice(name.indexOf(':') + 1);
}

function after(source: string, text: string, start: number, what: string): number {
  const found = source.indexOf(text, start);
  if (found < 0) throw damaged(what, 'it is cut short');
  return found + text.length;
}

function decode(text: string, what: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#?\w*);?/g, (whole, name: string) => {
    const known = ENTITIES[name];
    if (known === undefined || !whole.endsWith(';'))
      throw damaged(what, `${JSON.stringify(whole)} is not an entity`);
    return known;
  });
}

function damaged(what: string, why: string): SourceError {
  return new SourceError('damaged', `${what} is no whole XML: ${why}`);
}
