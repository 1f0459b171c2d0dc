/** Bytes of a record's headers, little endian, per header: u32 name length · u32 value length · name · value. */

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** Neighbouring records mostly carry the same headers: decodes each distinct run once. */
export class HeadersReader {
  private last = NO_HEADERS;
  private lastStart = 0;
  private lastEnd = 0;

  constructor(private readonly bytes: Buffer) {}

  read(start: number, end: number): Readonly<Record<string, string>> {
    if (start === end) return NO_HEADERS;
    if (
      this.lastEnd === 0 ||
      this.bytes.compare(this.bytes, this.lastStart, this.lastEnd, start, end) !== 0
    ) {
      this.last = decodeHeaders(this.bytes, start, end);
      this.lastStart = start;
      this.lastEnd = end;
    }
    return this.last;
  }
}

/** Bytes of a record's headers. */
export function encodeHeaders(headers: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const lengths = Buffer.allocUnsafe(8);
    lengths.writeUInt32LE(Buffer.byteLength(name), 0);
    lengths.writeUInt32LE(Buffer.byteLength(value), 4);
    parts.push(lengths, Buffer.from(name), Buffer.from(value));
  }
  return Buffer.concat(parts);
}

function decodeHeaders(bytes: Buffer, start: number, end: number): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (let position = start; position < end;) {
    const nameStart = position + 8;
    const valueStart = nameStart + bytes.readUInt32LE(position);
    const valueEnd = valueStart + bytes.readUInt32LE(position + 4);
    entries.push([
      bytes.toString('utf8', nameStart, valueStart),
      bytes.toString('utf8', valueStart, valueEnd),
    ]);
    position = valueEnd;
  }
  return Object.freeze(Object.fromEntries(entries));
}
