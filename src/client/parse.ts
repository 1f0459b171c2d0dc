import type { FeedServerMessage } from '../contracts/generated/feed-server-message.js';

const TYPES: ReadonlySet<string> = new Set<FeedServerMessage['type']>([
  'subscribed',
  'snapshot',
  'nowcast',
  'demand',
  'accuracy',
  'model',
  'heartbeat',
  'pong',
  'error',
]);

export type ParsedFrame =
  | { readonly kind: 'message'; readonly message: FeedServerMessage }
  /** Of a type that a later version of the protocol may have added. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'malformed'; readonly reason: string };

/**
 * Reads one frame of the server. What the client itself relies on is checked; the rest of the shape is the server's
 * promise (its schema is the source of these types).
 */
export function parseFrame(data: unknown): ParsedFrame {
  if (typeof data !== 'string') return malformed('a frame is not text');
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return malformed('a frame is not JSON');
  }
  if (typeof value !== 'object' || value === null) return malformed('a frame is not an object');
  const { type, seq } = value as { type?: unknown; seq?: unknown };
  if (typeof type !== 'string') return malformed('a frame has no type');
  if (!TYPES.has(type)) return { kind: 'unknown' };
  if (type !== 'error' && !Number.isInteger(seq)) return malformed(`${type} has no seq`);
  return { kind: 'message', message: value as FeedServerMessage };
}

function malformed(reason: string): ParsedFrame {
  return { kind: 'malformed', reason };
}
