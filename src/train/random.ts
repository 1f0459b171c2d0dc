/** A seeded generator of numbers in [0, 1). The same seed gives the same sequence on every machine. */
export type Random = () => number;

/**
 * Mulberry32: 32 bits of state, integer arithmetic only, so bit-equal everywhere.
 * @param seed any number; its low 32 bits count
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A 32-bit seed out of a base seed and a text, so that every zone draws its own sequence. */
export function seedFor(seed: number, text: string): number {
  let hash = (seed ^ 0x811c9dc5) >>> 0;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/**
 * Draws `count` of the integers 0 .. size-1 without replacement, returned in rising order.
 * Selection sampling (Knuth, algorithm S): one pass, no memory beyond the result.
 */
export function sampleSorted(size: number, count: number, random: Random): Int32Array {
  const chosen = new Int32Array(Math.min(size, count));
  let taken = 0;
  for (let i = 0; i < size && taken < chosen.length; i += 1) {
    if (random() * (size - i) < chosen.length - taken) {
      chosen[taken] = i;
      taken += 1;
    }
  }
  return chosen;
}
