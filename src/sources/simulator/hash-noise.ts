/**
 * Counter-based noise: the number at an index depends on the seed and the index alone, so any part of a simulated
 * series can be made without what came before it, and comes out the same.
 */

/** A 32-bit seed of one stream of noise. */
export function streamSeed(seed: number, name: string): number {
  let hash = (seed ^ 0x811c9dc5) >>> 0;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  return mix(hash);
}

/** Uniform in [0, 1). @param index any integer, beyond 32 bits too */
export function uniformAt(seed: number, index: number): number {
  const high = Math.floor(index / 4_294_967_296);
  const low = index - high * 4_294_967_296;
  return mix(mix(seed ^ Math.imul(low | 0, 0x9e3779b1)) ^ Math.imul(high + 1, 0x85ebca6b)) / 4_294_967_296;
}

/** Standard normal (Box and Muller). */
export function normalAt(seed: number, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformAt(seed, 2 * index)));
  return radius * Math.cos(2 * Math.PI * uniformAt(seed, 2 * index + 1));
}

/** Finalizer of MurmurHash3. */
function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
