/**
 * The wire protocol of /v1/feed (docs/feed-protocol.md): what a client may say, how the server says things, and the
 * closed lists of close codes and error codes. Pure: the schema is passed in, nothing here knows sockets or clocks.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Accuracy, DemandObservation } from '../contracts/records.js';
import type { FeedClientMessage } from '../contracts/generated/feed-client-message.js';
import type {
  AccuracyMessage,
  DemandMessage,
  ErrorMessage,
  ModelMessage,
  PongMessage,
  SubscribedMessage,
} from '../contracts/generated/feed-server-message.js';

export const FEED_PATH = '/v1/feed';
export const FEED_SUBPROTOCOL = 'nowcast.v1';

/** Why the server closes a connection. */
export const CLOSE_CODES = {
  restarting: 1012,
  tryLater: 1013,
  badMessage: 4400,
  unauthorised: 4401,
  originRefused: 4403,
  tooSlow: 4408,
  tooManyMessages: 4429,
} as const;
export type CloseCode = (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES];

/** Codes of `error` messages. Only BAD_MESSAGE is followed by a close. */
export const FEED_ERROR_CODES = [
  'BAD_MESSAGE',
  'ZONE_UNKNOWN',
  'HORIZON_UNKNOWN',
  'SUBSCRIPTION_UNKNOWN',
  'TOO_MANY_SUBSCRIPTIONS',
] as const;
export type FeedErrorCode = (typeof FEED_ERROR_CODES)[number];

export type ParsedMessage =
  | { readonly ok: true; readonly message: FeedClientMessage }
  | { readonly ok: false; readonly message: string; readonly id: string | null };

export interface ClientMessageParser {
  /** Parses and validates one text frame. Never throws; the message of a refusal names what, where and what to do. */
  parse(text: string): ParsedMessage;
}

/** The part of schemas/feed-client-message.json that the parser relies on: one variant per message type. */
export interface ClientMessageSchema {
  readonly oneOf: readonly { readonly properties: { readonly type: { readonly const: string } } }[];
}

/**
 * Compiles the validators, one per message type, so that an error speaks of the type the client meant.
 * @param schema schemas/feed-client-message.json
 */
export function createClientMessageParser(schema: ClientMessageSchema): ClientMessageParser {
  const ajv = new Ajv({ allErrors: false, strict: false });
  const validators = new Map<string, ValidateFunction>();
  for (const variant of schema.oneOf) validators.set(variant.properties.type.const, ajv.compile(variant));
  const types = [...validators.keys()].join(', ');
  return {
    parse(text) {
      const value = parseObject(text);
      if (value === null) {
        return { ok: false, id: null, message: 'a message must be one JSON object in a text frame' };
      }
      const type = value.type;
      const validate = typeof type === 'string' ? validators.get(type) : undefined;
      const id = idOf(value);
      if (validate === undefined) {
        const got = type === undefined ? 'none' : JSON.stringify(type).slice(0, 60);
        return { ok: false, id, message: `type must be one of ${types}; got ${got}` };
      }
      if (validate(value)) return { ok: true, message: value as unknown as FeedClientMessage };
      return { ok: false, id, message: `${String(type)}: ${describe(validate.errors?.[0])}` };
    },
  };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return value as Record<string, unknown>;
  } catch {
    return null;
  }
}

function idOf(value: Record<string, unknown>): string | null {
  const id = value.id;
  return typeof id === 'string' && id.length > 0 && id.length <= 64 ? id : null;
}

function describe(error: ErrorObject | undefined): string {
  if (error === undefined) return 'is not valid';
  const where = error.instancePath === '' ? '' : `${error.instancePath.slice(1).replaceAll('/', '.')} `;
  if (error.keyword === 'additionalProperties') {
    const name = String((error.params as { additionalProperty?: unknown }).additionalProperty).slice(0, 60);
    return `${where}has a field that is not known: ${JSON.stringify(name)}`;
  }
  return `${where}${error.message ?? 'is not valid'}`;
}

export function encodeSubscribed(message: Omit<SubscribedMessage, 'type'>): string {
  return JSON.stringify({ type: 'subscribed', ...message } satisfies SubscribedMessage);
}

/** @param nowcastsJson JSON of each nowcast, already serialised */
export function encodeSnapshot(id: string, seq: number, nowcastsJson: readonly string[]): string {
  return `{"type":"snapshot","id":${JSON.stringify(id)},"seq":${seq},"nowcasts":[${nowcastsJson.join(',')}]}`;
}

/**
 * @param nowcastJson JSON of the nowcast, already serialised, so that it is done once for all clients
 * @param conflated how many earlier nowcasts of the zone this client did not get; 0 for none
 */
export function encodeNowcast(seq: number, nowcastJson: string, conflated = 0): string {
  const tail = conflated > 0 ? `,"conflated":${conflated}}` : '}';
  return `{"type":"nowcast","seq":${seq},"nowcast":${nowcastJson}${tail}`;
}

export function encodeDemand(seq: number, demand: DemandObservation): string {
  return JSON.stringify({ type: 'demand', seq, demand } satisfies DemandMessage);
}

export function encodeAccuracy(seq: number, accuracy: Accuracy): string {
  return JSON.stringify({ type: 'accuracy', seq, accuracy } satisfies AccuracyMessage);
}

export function encodeModel(message: Omit<ModelMessage, 'type'>): string {
  return JSON.stringify({ type: 'model', ...message } satisfies ModelMessage);
}

/** @param zonesJson the members of `zones`, already serialised and joined by commas */
export function encodeHeartbeat(seq: number, serverTime: string, zonesJson: string): string {
  return `{"type":"heartbeat","seq":${seq},"serverTime":${JSON.stringify(serverTime)},"zones":{${zonesJson}}}`;
}

export function encodePong(seq: number, id: string | null): string {
  const message: PongMessage = id === null ? { type: 'pong', seq } : { type: 'pong', id, seq };
  return JSON.stringify(message);
}

export function encodeError(code: FeedErrorCode, text: string, id: string | null): string {
  const message: ErrorMessage =
    id === null ? { type: 'error', code, message: text } : { type: 'error', id, code, message: text };
  return JSON.stringify(message);
}
