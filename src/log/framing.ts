/** Confluent wire format: byte 0, four bytes of schema id (big endian), payload. */

export const FRAME_HEADER_BYTES = 5;
const MAGIC_BYTE = 0;

/** Frames UTF-8 JSON text. */
export function frameJson(schemaId: number, json: string): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + Buffer.byteLength(json));
  frame[0] = MAGIC_BYTE;
  frame.writeInt32BE(schemaId, 1);
  frame.write(json, FRAME_HEADER_BYTES, 'utf8');
  return frame;
}

/** The schema id of a framed value; null when the bytes are not framed. */
export function schemaIdOf(frame: Uint8Array): number | null {
  if (frame.length < FRAME_HEADER_BYTES || frame[0] !== MAGIC_BYTE) return null;
  return asBuffer(frame).readInt32BE(1);
}

/** The payload of a framed value; a view, not a copy. */
export function payloadOf(frame: Uint8Array): Buffer {
  return asBuffer(frame).subarray(FRAME_HEADER_BYTES);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
