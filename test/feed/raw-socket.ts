import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

const UPGRADE = [
  'GET /v1/feed HTTP/1.1',
  'Host: 127.0.0.1',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: nowcast.v1',
  '\r\n',
].join('\r\n');

export const OPCODE = { text: 0x1, binary: 0x2, ping: 0x9 } as const;

export interface FrameShape {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly fin?: boolean;
  readonly masked?: boolean;
  /** Bits that no extension was negotiated for. */
  readonly reserved?: number;
}

/** A frame as a client sends it, or as a broken one does. */
export function frameBytes({ opcode, payload, fin = true, masked = true, reserved = 0 }: FrameShape): Buffer {
  const length = payload.length;
  const long = length > 125 ? (length > 0xffff ? 8 : 2) : 0;
  const head = Buffer.alloc(2 + long);
  head[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (long === 0 ? length : long === 2 ? 126 : 127);
  if (long === 2) head.writeUInt16BE(length, 2);
  if (long === 8) head.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([head, payload]);
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0))]);
}

export interface RawOutcome {
  /** Close code that the server sent; null when it just cut the connection. */
  readonly closeCode: number | null;
  /** Text messages of the server. */
  readonly texts: string[];
}

/** Opens a connection, sends these bytes at once, and reads until the server closes it. */
export function sendRaw(port: number, bytes: Buffer): Promise<RawOutcome> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      // A client that is told to go goes; the server need not wait for it.
      if (parse(Buffer.concat(chunks)).closeCode !== null) socket.end();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(parse(Buffer.concat(chunks))));
    socket.write(Buffer.concat([Buffer.from(UPGRADE), bytes]));
  });
}

function parse(received: Buffer): RawOutcome {
  const texts: string[] = [];
  const body = received.indexOf('\r\n\r\n');
  let at = body < 0 ? received.length : body + 4;
  while (at + 2 <= received.length) {
    const opcode = (received[at] ?? 0) & 0x0f;
    let length = (received[at + 1] ?? 0) & 0x7f;
    let start = at + 2;
    if (length === 126) {
      if (start + 2 > received.length) break;
      length = received.readUInt16BE(start);
      start += 2;
    }
    if (start + length > received.length) break;
    const payload = received.subarray(start, start + length);
    if (opcode === 0x8) return { closeCode: length >= 2 ? payload.readUInt16BE(0) : 1005, texts };
    if (opcode === OPCODE.text) texts.push(payload.toString());
    at = start + length;
  }
  return { closeCode: null, texts };
}
