import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config/package-root.js';
import { DEFAULT_FEED_LIMITS } from '../../src/feed/feed-options.js';
import { CLOSE_CODES, FEED_ERROR_CODES, FEED_PATH, FEED_SUBPROTOCOL } from '../../src/feed/protocol.js';
import { readSchema } from './schema-file.js';

const text = readFileSync(path.join(packageRoot(), 'docs', 'feed-protocol.md'), 'utf8');

interface Variant {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, unknown>> & { readonly type: { readonly const: string } };
}

function section(title: string): string {
  const start = text.indexOf(`\n## ${title}\n`);
  expect(start, title).toBeGreaterThan(0);
  const end = text.indexOf('\n## ', start + 1);
  return text.slice(start, end < 0 ? undefined : end);
}

/** First column of each row of the first table, without back-ticks. */
function firstColumn(part: string): string[] {
  const cells = [...part.matchAll(/^\| *`?([^|`\n]+?)`? *\|/gm)].map((match) => match[1] ?? '');
  return cells.slice(1).filter((cell) => !/^-+$/.test(cell));
}

function signatures(part: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const match of part.matchAll(/^### `(\w+)`\n+`\{([^}]*)\}`/gm)) {
    found.set(
      match[1] ?? '',
      (match[2] ?? '').split(',').map((field) => field.trim()),
    );
  }
  return found;
}

function expectedSignatures(schemaName: string): Map<string, string[]> {
  const { oneOf } = readSchema(schemaName) as { oneOf: readonly Variant[] };
  return new Map(
    oneOf.map(({ properties, required }) => [
      properties.type.const,
      Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`)),
    ]),
  );
}

const sorted = (signature: Map<string, string[]>): [string, string[]][] =>
  [...signature].map(([type, fields]): [string, string[]] => [type, [...fields].sort()]).sort();

describe('docs/feed-protocol.md', () => {
  it('lists exactly the close codes', () => {
    expect(firstColumn(section('Close codes')).map(Number)).toEqual(
      Object.values(CLOSE_CODES).sort((a, b) => a - b),
    );
  });

  it('lists exactly the error codes', () => {
    const table = section('Messages of the server').split('### `error`')[1] ?? '';
    expect(firstColumn(table)).toEqual([...FEED_ERROR_CODES]);
  });

  it('has every message of the client with its fields', () => {
    const documented = signatures(section('Messages of the client'));
    expect(sorted(documented)).toEqual(sorted(expectedSignatures('feed-client-message')));
  });

  it('has every message of the server with its fields', () => {
    const documented = signatures(section('Messages of the server'));
    const expected = expectedSignatures('feed-server-message');
    // The schema lets a snapshot come without an id; this server always sends it.
    expected.set(
      'snapshot',
      (expected.get('snapshot') ?? []).map((field) => field.replace('id?', 'id')),
    );
    expect(sorted(documented)).toEqual(sorted(expected));
  });

  it('says the limits as they are', () => {
    const limits = DEFAULT_FEED_LIMITS;
    const mib = (bytes: number): string => `${bytes / 1024 / 1024} MiB`;
    expect(text).toContain(FEED_PATH);
    expect(text).toContain(FEED_SUBPROTOCOL);
    expect(text).toContain(`Subscribe within ${limits.subscribeDeadlineMs / 1000} s`);
    expect(text).toContain(`${limits.heartbeatMs / 1000} s. \`zones\` has`);
    expect(text).toContain(`no sign of life for ${limits.deadAfterMs / 1000} s`);
    expect(text).toContain(`holds up to ${limits.maxSubscriptions} subscriptions`);
    expect(text).toContain(`larger than ${mib(limits.maxMessageBytes)}`);
    expect(text).toContain(
      `more than ${limits.messagesPerSecond} messages a second (${limits.messageBurst} at once)`,
    );
    expect(text).toContain(`more than ${mib(limits.softBytes)} waits`);
    expect(text).toContain(`${mib(limits.hardBytes)} wait`);
    expect(text).toContain(`nothing at all was read for ${limits.stallMs / 1000} s`);
    expect(text).toContain(`for up to ${limits.resume.catchUpMs / 1000} s until it has`);
    expect(text).toContain(`random moment within ${limits.drainMs / 1000} s`);
    expect(text).toContain(
      `up to ${limits.resume.maxRecords.toLocaleString('en')} records and ${mib(limits.resume.maxBytes)}`,
    );
  });
});
