/** The inline part of the Markdown that the guides are written in, as HTML. */
import { escapeHtml } from '../../contracts/escape-html.js';

/** Each stands for itself until its inside is done: code first, as nothing in it means anything. */
const TOKEN =
  /(`+)(.+?)\1(?!`)|!\[([^\]]*)\]\(([^)\s]+)\)|\[((?:`[^`]*`|[^\]`])*)\]\(([^)\s]+)\)|<(https?:[^>\s]+)>|\*\*(.+?)\*\*|(?<![\w\\])_([^_]+)_(?!\w)|\\([\\`*_{}[\]()#+.!|<>-])/g;

/** Code, pictures, links, bold, emphasis and escapes of a paragraph, a cell or a heading. */
export function inlineHtml(text: string): string {
  let html = '';
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    html += escapeHtml(text.slice(end, match.index)) + tokenHtml(match);
    end = match.index + match[0].length;
  }
  return html + escapeHtml(text.slice(end));
}

function tokenHtml(match: RegExpMatchArray): string {
  const [, , code, alt, image, label, target, address, bold, emphasis, escaped] = match;
  if (code !== undefined) return `<code>${escapeHtml(code)}</code>`;
  if (image !== undefined) return `<img src="${escapeHtml(image)}" alt="${escapeHtml(alt ?? '')}">`;
  if (target !== undefined) return linkHtml(label ?? '', target);
  if (address !== undefined) return linkHtml(address, address);
  if (bold !== undefined) return `<strong>${inlineHtml(bold)}</strong>`;
  if (emphasis !== undefined) return `<em>${inlineHtml(emphasis)}</em>`;
  return escapeHtml(escaped ?? '');
}

/** What lies outside of the guides is not served: there only the words are left. */
function linkHtml(label: string, target: string): string {
  const inside = inlineHtml(label);
  return /^(https?:|#|[\w-]+\.md)/.test(target) ? `<a href="${escapeHtml(target)}">${inside}</a>` : inside;
}

/** The anchor of a heading, as code forges make it. */
export function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
