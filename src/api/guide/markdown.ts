/** The Markdown that the guides are written in, as HTML: headings, paragraphs, lists, tables, quotes and code. */
import { escapeHtml } from '../../contracts/escape-html.js';
import { inlineHtml, slugOf } from './inline.js';

const FENCE = /^ *```(.*)$/;
const HEADING = /^(#{1,6}) (.+)$/;
const ITEM = /^( *)(?:[-*]|(\d+)\.) +(.*)$/;
const QUOTE = /^> ?(.*)$/;

/** @param text a guide; HTML comments in it are left out, any other HTML is shown as text */
export function markdownHtml(text: string): string {
  return new Blocks(text.replace(/<!--.*?-->\n?/gs, '').split('\n')).html();
}

/** Reads lines block by block. */
class Blocks {
  private at = 0;
  private readonly slugs = new Map<string, number>();

  constructor(private readonly lines: readonly string[]) {}

  html(): string {
    const blocks: string[] = [];
    while (this.at < this.lines.length) {
      const block = this.block();
      if (block !== '') blocks.push(block);
    }
    return blocks.join('\n');
  }

  private block(): string {
    const line = this.line();
    if (line.trim() === '') return this.skip();
    if (FENCE.test(line)) return this.code();
    const heading = HEADING.exec(line);
    if (heading !== null) return this.heading(heading[1]?.length ?? 1, heading[2] ?? '');
    if (line.startsWith('|')) return this.table();
    if (ITEM.test(line)) return this.list();
    if (QUOTE.test(line)) return this.quote();
    return `<p>${inlineHtml(this.paragraph().join('\n'))}</p>`;
  }

  private line(): string {
    return this.lines[this.at] ?? '';
  }

  private skip(): string {
    this.at += 1;
    return '';
  }

  private heading(level: number, text: string): string {
    this.at += 1;
    const slug = slugOf(text);
    const times = this.slugs.get(slug) ?? 0;
    this.slugs.set(slug, times + 1);
    const id = times === 0 ? slug : `${slug}-${times}`;
    return `<h${level} id="${escapeHtml(id)}">${inlineHtml(text)}</h${level}>`;
  }

  private code(): string {
    const indent = this.line().search(/\S/);
    const lines: string[] = [];
    for (this.at += 1; this.at < this.lines.length && !FENCE.test(this.line()); this.at++)
      lines.push(this.line().slice(Math.min(indent, this.line().search(/\S|$/))));
    this.at += 1;
    return `<pre tabindex="0"><code>${escapeHtml(lines.join('\n'))}</code></pre>`;
  }

  private table(): string {
    const rows = this.while((line) => line.startsWith('|')).map(cellsOf);
    const [head = [], , ...body] = rows;
    const row = (tag: 'th' | 'td', cells: readonly string[]): string =>
      `<tr>${cells.map((cell) => `<${tag}>${inlineHtml(cell)}</${tag}>`).join('')}</tr>`;
    const rest = body.map((cells) => row('td', cells)).join('');
    return `<div class="scroll" tabindex="0"><table><thead>${row('th', head)}</thead><tbody>${rest}</tbody></table></div>`;
  }

  /** Items of one depth; what is indented below an item belongs to it. */
  private list(): string {
    const first = ITEM.exec(this.line());
    const depth = first?.[1]?.length ?? 0;
    const tag = first?.[2] === undefined ? 'ul' : 'ol';
    const items: string[] = [];
    for (;;) {
      const item = ITEM.exec(this.line());
      if (item === null || (item[1]?.length ?? 0) !== depth) break;
      this.at += 1;
      const inside = this.while((line) => isInside(line, depth, this.lines[this.at + 1] ?? ''));
      const lines = [
        item[3] ?? '',
        ...inside.map((line) => line.slice(Math.min(depth + 2, line.search(/\S|$/)))),
      ];
      const html = new Blocks(lines).html();
      items.push(`<li>${html.replace(/^<p>([\s\S]*?)<\/p>/, '$1')}</li>`);
    }
    return `<${tag}>${items.join('')}</${tag}>`;
  }

  private quote(): string {
    const lines = this.while((line) => QUOTE.test(line)).map((line) => QUOTE.exec(line)?.[1] ?? '');
    return `<blockquote>${new Blocks(lines).html()}</blockquote>`;
  }

  private paragraph(): string[] {
    return this.while(
      (line, index) =>
        line.trim() !== '' &&
        (index === 0 || ![FENCE, HEADING, ITEM, QUOTE].some((other) => other.test(line))),
    );
  }

  private while(holds: (line: string, index: number) => boolean): string[] {
    const found: string[] = [];
    while (this.at < this.lines.length && holds(this.line(), found.length)) {
      found.push(this.line());
      this.at += 1;
    }
    return found;
  }
}

/** Indented below an item, or a blank line before something that is. */
function isInside(line: string, depth: number, next: string): boolean {
  const indented = (one: string): boolean => one.trim() !== '' && one.search(/\S/) > depth;
  return line.trim() === '' ? indented(next) : indented(line) || !ITEM.test(line);
}

/** A bar that is escaped or in code does not end a cell. */
function cellsOf(line: string): string[] {
  const cells = line.trim().match(/(?:`[^`]*`|\\.|[^|\\`])+/g) ?? [];
  return cells.map((cell) => cell.trim());
}
