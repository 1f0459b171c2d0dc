import type { FastifyReply, FastifyRequest } from 'fastify';
import { NowcastError } from '../contracts/errors.js';

const DEFAULT_PAGE = 1000;
const MAX_PAGE = 1000;

/** Where an item stands in a list: newest first, then by id. */
export interface PageKey {
  /** Epoch milliseconds. */
  readonly timeMs: number;
  readonly id: string;
}

export interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Query parameters of a list that is answered in pages. */
export const PAGE_PROPERTIES = {
  limit: {
    type: 'integer',
    minimum: 1,
    maximum: MAX_PAGE,
    default: DEFAULT_PAGE,
    description: 'Items of one answer; `next` is the address of the following page.',
  },
  cursor: {
    type: 'string',
    minLength: 1,
    maxLength: 512,
    description: 'Where to go on, as a `next` said it.',
  },
} as const;

export interface Page<T> {
  readonly items: readonly T[];
  /** Null on the last page. */
  readonly cursor: string | null;
}

/**
 * One page of a list that changes meanwhile: a cursor names the last item seen, so that what comes or goes between two
 * pages moves nothing else.
 * @throws NowcastError INPUT_INVALID for a cursor that no answer gave
 */
export function pageOf<T>(items: readonly T[], keyOf: (item: T) => PageKey, query: PageQuery): Page<T> {
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  const rest = items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => compare(a.key, b.key))
    .filter(({ key }) => after === null || compare(key, after) > 0);
  const shown = rest.slice(0, query.limit ?? DEFAULT_PAGE);
  const last = shown.at(-1);
  return {
    items: shown.map(({ item }) => item),
    cursor: last === undefined || shown.length === rest.length ? null : writeCursor(last.key),
  };
}

/**
 * The address of the next page, also as the Link header; nothing on the last one.
 * @param changes parameters of the next page that differ from this one's; null when there is none
 */
export function linkNext(
  request: FastifyRequest,
  reply: FastifyReply,
  changes: Readonly<Record<string, string>> | null,
): { next?: string } {
  if (changes === null) return {};
  const url = new URL(request.url, 'http://service');
  for (const [name, value] of Object.entries(changes)) url.searchParams.set(name, value);
  const next = `${url.pathname}${url.search}`;
  void reply.header('link', `<${next}>; rel="next"`);
  return { next };
}

function compare(a: PageKey, b: PageKey): number {
  if (a.timeMs !== b.timeMs) return b.timeMs - a.timeMs;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function writeCursor({ timeMs, id }: PageKey): string {
  return Buffer.from(JSON.stringify([timeMs, id])).toString('base64url');
}

function readCursor(text: string): PageKey {
  try {
    const [timeMs, id] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    if (typeof timeMs === 'number' && typeof id === 'string') return { timeMs, id };
  } catch {
    // Told below, as any other that is not a cursor.
  }
  throw new NowcastError('INPUT_INVALID', 'cursor must be taken from the `next` of an answer');
}
