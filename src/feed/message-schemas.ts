import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../config/package-root.js';

/** One kind of message in a schema file: an object with a constant `type`. */
export interface MessageSchema {
  readonly title: string;
  readonly properties: { readonly type: { readonly const: string } };
}

/** schemas/feed-client-message.json or schemas/feed-server-message.json: one variant for each type of message. */
export interface MessageSchemas {
  readonly description: string;
  readonly oneOf: readonly MessageSchema[];
}

/** @param side whose messages */
export function readMessageSchemas(side: 'client' | 'server'): MessageSchemas {
  const file = path.join(packageRoot(), 'schemas', `feed-${side}-message.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as MessageSchemas;
}
