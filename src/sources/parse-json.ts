import { refuseMarkup } from './parse-markup.js';
import { SourceError } from './source-error.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * @param what names the answer in messages
 * @throws SourceError unexpected_content for HTML, damaged for what is not JSON
 */
export function parseJson(text: string, what: string): unknown {
  refuseMarkup(text, what);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SourceError('damaged', `${what} is not whole JSON`, { cause: error });
  }
}

/** The value as an object, or an empty one: a field that is not there and one of another type are the same to us. */
export function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
