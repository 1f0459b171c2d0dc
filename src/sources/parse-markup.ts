import { SourceError } from './source-error.js';

const MAX_TITLE_CHARS = 120;

/**
 * Refuses a page where data was asked for: maintenance and login pages come with status 200.
 * @throws SourceError unexpected_content quoting what the page says
 */
export function refuseMarkup(text: string, what: string): void {
  const start = text.slice(0, 2000).trimStart();
  if (!start.startsWith('<')) return;
  const title = /<title[^>]*>([^<]*)/i.exec(start)?.[1] ?? start.replace(/<[^>]*>/g, ' ');
  const said = title.replace(/\s+/g, ' ').trim().slice(0, MAX_TITLE_CHARS);
  throw new SourceError(
    'unexpected_content',
    `${what}: a page came instead of data: ${JSON.stringify(said)}`,
  );
}
