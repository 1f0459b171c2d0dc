/** Byte offsets of what the kernels read and write in their memory. TypeScript fills it in, WebAssembly works on it. */

/** Features that share one 64-bit word of bins a row, and so one pass over the rows. */
export const GROUP = 8;
/** A histogram bin: the sum of gradients in the low 32 bits, the weight in the high 32 bits. */
export const BIN_BYTES = 8;

/** One piece of work on a leaf and its sibling; 32-bit words. */
export const JOB = {
  rows: 0,
  packed: 4,
  from: 8,
  to: 12,
  /** Histogram to fill. */
  small: 16,
  /** Histogram of the parent, from which the small one is subtracted; 0 for none. */
  large: 20,
  /** Addresses of LEAF records for the search in both; 0 for no search. */
  smallLeaf: 24,
  largeLeaf: 28,
  /** Bins of the tree's features, a block of 8-byte words for each group. */
  blocks: 32,
  blockBytes: 36,
  /** Number of cuts of each of the tree's features, 32 bits each. */
  cuts: 40,
  features: 44,
  /** Address of each feature's column of bins, 32 bits each, up to a whole number of groups. */
  columns: 48,
  bytes: 64,
} as const;

/** What the search for a split needs to know of a leaf: T its sum of gradients, n its weight. */
export const LEAF = {
  /** float32: T / (n + 2 lambda). */
  slope: 0,
  /** float32: n + 2 lambda. */
  size: 4,
  /** float32: the score that a split must exceed to lower the loss. */
  floor: 8,
  /** float32 */
  lambda: 12,
  /** 64 bits: a packed sum of at least this has the least weight of a leaf. */
  enough: 16,
  /** 64 bits: a packed sum of at least this leaves the other side less than that. */
  tooMuch: 24,
  bytes: 32,
} as const;

/** The best split found; feature is the place in the tree's list of features, -1 for none. */
export const SPLIT = {
  /** float32: score */
  score: 0,
  feature: 4,
  bin: 8,
  missingLeft: 12,
  bytes: 16,
} as const;

/** Where a thread finds its part of the work: groups [first, last) and two SPLIT records to fill. */
export const PART = {
  /** The turn that the thread has done last. */
  done: 0,
  first: 4,
  last: 8,
  smallSplit: 12,
  largeSplit: 16,
  /** 1 once the helping thread runs. */
  ready: 20,
  /** 1 once it is counted in; `done` then is the turn that its first work comes after. */
  joined: 24,
  /** A cache line of its own. */
  bytes: 64,
} as const;

/** Head of the memory: what threads agree by. PART records follow, the first for the caller's own thread. */
export const CONTROL = {
  /** Counts the pieces of work that were given out. */
  turn: 0,
  command: 4,
  job: 8,
  threads: 12,
  /** partition: packed sum of the rows that went left, 64 bits. */
  leftTotal: 16,
  parts: 64,
} as const;

export const COMMAND = { end: 0, pack: 1, search: 2 } as const;
