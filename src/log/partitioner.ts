/**
 * Kafka's default partitioner: murmur2 over the UTF-8 key, so that a key lands in the same partition whichever
 * driver or client wrote it. Source: org.apache.kafka.common.utils.Utils#murmur2 (seed 0x9747b28c, r = 24).
 */

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;
const SHIFT = 24;

/** 32-bit murmur2 of the bytes as Kafka's Java client computes it; a signed integer. */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const tail = length & ~3;
  let hash = SEED ^ length;
  for (let at = 0; at < tail; at += 4) {
    let word = Math.imul(view.getInt32(at, true), MULTIPLIER);
    word = Math.imul(word ^ (word >>> SHIFT), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  for (let at = length - 1; at >= tail; at--) hash ^= view.getUint8(at) << ((at - tail) * 8);
  if (length > tail) hash = Math.imul(hash, MULTIPLIER);
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}

/** Partition of a record key among `partitionCount`: positive part of murmur2 modulo the count. */
export function partitionOfKey(key: string, partitionCount: number): number {
  return (murmur2(Buffer.from(key, 'utf8')) & 0x7fffffff) % partitionCount;
}
