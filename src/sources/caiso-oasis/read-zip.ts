import { crc32, inflateRawSync } from 'node:zlib';
import { messageOf } from '../../contracts/errors.js';
import { SourceError } from '../source-error.js';

export interface ZipMember {
  readonly name: string;
  readonly bytes: Buffer;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_COMMENT = 0xffff;
const MAX_MEMBERS = 64;
const STORED = 0;
const DEFLATED = 8;

/** True when the bytes begin as a zip archive does. */
export function isZip(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes.readUInt32LE(0) === LOCAL_HEADER;
}

/**
 * Unpacks a small zip archive, and checks each member's length and CRC, so that a damaged archive is an error and
 * never other numbers.
 * @param maxBytes of all members together, unpacked
 * @throws SourceError damaged (cut short, bad checksum, encrypted or zip64), too_large
 */
export function readZip(bytes: Buffer, maxBytes: number, what: string): ZipMember[] {
  try {
    return membersOf(bytes, maxBytes, what);
  } catch (error) {
    if (error instanceof SourceError) throw error;
    // A position outside the buffer (RangeError) or a stream that does not inflate.
    throw damaged(what, messageOf(error), error);
  }
}

function membersOf(bytes: Buffer, maxBytes: number, what: string): ZipMember[] {
  const end = endOfDirectory(bytes);
  if (end < 0) throw damaged(what, 'it has no directory; it is cut short');
  const count = bytes.readUInt16LE(end + 10);
  if (count > MAX_MEMBERS) throw damaged(what, `it claims ${count} members`);
  const members: ZipMember[] = [];
  let position = bytes.readUInt32LE(end + 16);
  let left = maxBytes;
  for (let i = 0; i < count; i++) {
    if (bytes.readUInt32LE(position) !== DIRECTORY_ENTRY) throw damaged(what, 'its directory is broken');
    const nameLength = bytes.readUInt16LE(position + 28);
    const name = bytes.toString('utf8', position + ENTRY_BYTES, position + ENTRY_BYTES + nameLength);
    const size = bytes.readUInt32LE(position + 24);
    if (size > left)
      throw new SourceError('too_large', `${what}: unpacked it is larger than ${maxBytes} bytes`);
    left -= size;
    members.push({ name, bytes: unpack(bytes, position, size, what) });
    position +=
      ENTRY_BYTES + nameLength + bytes.readUInt16LE(position + 30) + bytes.readUInt16LE(position + 32);
  }
  return members;
}

function unpack(bytes: Buffer, entry: number, size: number, what: string): Buffer {
  const isEncrypted = (bytes.readUInt16LE(entry + 8) & 1) === 1;
  const method = bytes.readUInt16LE(entry + 10);
  const packedSize = bytes.readUInt32LE(entry + 20);
  const local = bytes.readUInt32LE(entry + 42);
  if (isEncrypted) throw damaged(what, 'it is encrypted');
  if (bytes.readUInt32LE(local) !== LOCAL_HEADER) throw damaged(what, 'a member is not where it should be');
  const start = local + LOCAL_BYTES + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  if (start + packedSize > bytes.length) throw damaged(what, 'a member is cut short');
  const packed = bytes.subarray(start, start + packedSize);
  let unpacked: Buffer;
  if (method === STORED) unpacked = packed;
  else if (method === DEFLATED)
    unpacked = size === 0 ? Buffer.alloc(0) : inflateRawSync(packed, { maxOutputLength: size });
  else throw damaged(what, `it is packed by method ${method}`);
  if (unpacked.length !== size || crc32(unpacked) !== bytes.readUInt32LE(entry + 16))
    throw damaged(what, 'a checksum does not match');
  return unpacked;
}

function endOfDirectory(bytes: Buffer): number {
  const lowest = Math.max(0, bytes.length - END_BYTES - MAX_COMMENT);
  for (let at = bytes.length - END_BYTES; at >= lowest; at--) {
    if (bytes.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  return -1;
}

function damaged(what: string, why: string, cause?: unknown): SourceError {
  return new SourceError('damaged', `${what} is no whole zip archive: ${why}`, { cause });
}
