import type { FeedClientMessage } from '../contracts/generated/feed-client-message.js';
import type { FeedServerMessage } from '../contracts/generated/feed-server-message.js';
import { CLIENT_SUMMARIES, CLOSE_CODE_MEANINGS, REPLIES, SERVER_SUMMARIES } from './asyncapi-texts.js';
import { readMessageSchemas, type MessageSchemas } from './message-schemas.js';
import { FEED_ERROR_CODES, FEED_PATH, FEED_SUBPROTOCOL } from './protocol.js';

const CHANNEL = { $ref: '#/channels/feed' };
const DESCRIPTION =
  'The live feed of power-nowcast: a WebSocket with one JSON object in each text frame. What the messages mean, resuming, ' +
  'slow clients and limits: docs/feed-protocol.md.';

type ClientType = FeedClientMessage['type'];
type ServerType = FeedServerMessage['type'];
type JsonObject = Record<string, unknown>;

/**
 * The AsyncAPI 3.0 document of the feed, seen from the server: it receives what clients send. Messages and their fields
 * come from schemas/, the same files that the server validates with.
 * @param version of the program
 */
export function asyncApiDocument(version: string): JsonObject {
  const client = readMessageSchemas('client');
  const server = readMessageSchemas('server');
  const types = [...typesOf(client), ...typesOf(server)];
  return {
    asyncapi: '3.0.0',
    id: 'https://power-nowcast.dev/feed',
    info: {
      title: 'power-nowcast feed',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: { plain: serverOf('ws'), secure: serverOf('wss') },
    channels: { feed: channelOf(types) },
    operations: { ...received(), ...sent() },
    components: {
      messages: {
        ...messagesOf(client, CLIENT_SUMMARIES),
        ...messagesOf(server, SERVER_SUMMARIES),
      },
      schemas: Object.fromEntries([...client.oneOf, ...server.oneOf].map((one) => [one.title, one])),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            `An API key or token with the scope read, where the service asks for one: in the Authorization header, as the ` +
            `subprotocol bearer.TOKEN beside ${FEED_SUBPROTOCOL}, or in an auth message.`,
        },
      },
    },
  };
}

function serverOf(protocol: 'ws' | 'wss'): JsonObject {
  return {
    host: '{host}',
    protocol,
    variables: { host: { default: 'localhost:8080', description: 'Host and port of the service.' } },
    security: [{ $ref: '#/components/securitySchemes/bearer' }],
  };
}

function channelOf(types: readonly string[]): JsonObject {
  return {
    address: FEED_PATH,
    title: 'Live feed',
    description: 'One connection carries all subscriptions of a client and everything that is sent to it.',
    messages: Object.fromEntries(types.map((type) => [type, { $ref: `#/components/messages/${type}` }])),
    bindings: {
      ws: {
        method: 'GET',
        headers: {
          type: 'object',
          properties: {
            'Sec-WebSocket-Protocol': {
              type: 'string',
              description: `${FEED_SUBPROTOCOL}; behind it bearer.TOKEN where no header can be set.`,
            },
            Authorization: { type: 'string', description: 'Bearer TOKEN, where the service asks for one.' },
          },
        },
        bindingVersion: '0.1.0',
      },
    },
    'x-close-codes': CLOSE_CODE_MEANINGS,
    'x-error-codes': FEED_ERROR_CODES,
  };
}

function received(): JsonObject {
  const operations: JsonObject = {};
  for (const [type, summary] of entries<ClientType, string>(CLIENT_SUMMARIES)) {
    const reply = REPLIES[type];
    operations[type] = {
      action: 'receive',
      channel: CHANNEL,
      summary,
      messages: [messageRef(type)],
      ...(reply === null ? {} : { reply: { channel: CHANNEL, messages: reply.map(messageRef) } }),
    };
  }
  return operations;
}

/** What comes without having been asked for: everything that is no reply, and errors. */
function sent(): JsonObject {
  const replies = new Set(Object.values(REPLIES).flatMap((reply) => reply ?? []));
  const operations: JsonObject = {};
  for (const [type, summary] of entries<ServerType, string>(SERVER_SUMMARIES)) {
    if (replies.has(type) && type !== 'error') continue;
    operations[`send-${type}`] = { action: 'send', channel: CHANNEL, summary, messages: [messageRef(type)] };
  }
  return operations;
}

function messagesOf(schemas: MessageSchemas, summaries: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    schemas.oneOf.map(({ title, properties }) => {
      const name = properties.type.const;
      const payload = { $ref: `#/components/schemas/${title}` };
      return [name, { name, title, summary: summaries[name], payload }];
    }),
  );
}

function typesOf(schemas: MessageSchemas): string[] {
  return schemas.oneOf.map(({ properties }) => properties.type.const);
}

function messageRef(type: string): { $ref: string } {
  return { $ref: `#/channels/feed/messages/${type}` };
}

function entries<K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(record) as [K, V][];
}
