/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import { NowcastError } from '../../contracts/errors.js';
import type { BinnedMatrix } from './bins.js';
import { BIN_BYTES, CONTROL, GROUP, JOB, LEAF, PART, SPLIT } from './wasm/layout.js';
import { kernelModule, type Kernels, kernelsOn } from './wasm/module.js';

/** Where things lie in the memory that the kernels work on; addresses are bytes. */
export interface GrowAddresses {
  readonly job: number;
  /** Two LEAF records. */
  readonly leaves: number;
  /** Two SPLIT records a thread. */
  readonly splits: number;
  readonly cuts: number;
  readonly columnTable: number;
  readonly rows: number;
  readonly spareRows: number;
  readonly packed: number;
  readonly sparePacked: number;
  readonly blocks: number;
  readonly histograms: number;
  /** Column of bins of a feature; 0 for one that trees may not use. */
  readonly columns: Int32Array;
  /** A column of bins that means nothing, for the places of a group that have no feature. */
  readonly noColumn: number;
  readonly bytes: number;
}

/** Shared memory with everything that growing a tree needs, and the kernels on it. */
export interface GrowMemory {
  readonly at: GrowAddresses;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  /** Threads that share the work now, the caller's included: helpers join as they come up. */
  threads: number;
  /** The whole memory as words. */
  readonly ints: Int32Array;
  readonly floats: Float32Array;
  /** Row numbers, reordered leaf by leaf, and the packed gradient of each, two words. */
  readonly rows: Int32Array;
  readonly packed: Int32Array;
  readonly groupBytes: number;
  /** Addresses of histograms that are not in use. */
  readonly spareHistograms: number[];
}

export interface GrowSizes {
  readonly leaves: number;
  /** Features that one tree uses at most. */
  readonly features: number;
  readonly threads: number;
}

const PAGE = 65_536;
/** Addresses are compared as signed numbers. */
const MOST_BYTES = 2 ** 31 - PAGE;

/** @throws NowcastError INPUT_INVALID for more rows and columns than fit into 2 GiB */
export function growMemory(matrix: BinnedMatrix, usable: Int32Array, sizes: GrowSizes): GrowMemory {
  const binStride = strideOf(matrix, usable);
  const groupBytes = GROUP * binStride * BIN_BYTES;
  const { at, slots } = plan(matrix, usable, sizes, groupBytes);
  const pages = Math.ceil(at.bytes / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const bytes = new Uint8Array(memory.buffer);
  for (const feature of usable) bytes.set(matrix.columns[feature]!, at.columns[feature]);
  // Different from row to row: equal ones would make every addition wait for the one before.
  for (let row = 0; row < matrix.rows; row += 1) bytes[at.noColumn + row] = row % binStride;
  const ints = new Int32Array(memory.buffer);
  const module = kernelModule(binStride);
  const result: GrowMemory = {
    at,
    module,
    memory,
    kernels: kernelsOn(module, memory),
    threads: 1,
    ints,
    floats: new Float32Array(memory.buffer),
    rows: new Int32Array(memory.buffer, at.rows, matrix.rows),
    packed: new Int32Array(memory.buffer, at.packed, 2 * matrix.rows),
    groupBytes,
    spareHistograms: slots,
  };
  prepareJob(result, padded(matrix.rows), sizes.threads);
  return result;
}

/** Bins from one histogram to the next: room for the widest feature, a whole number of cache lines. */
function strideOf(matrix: BinnedMatrix, usable: Int32Array): number {
  const most = usable.reduce((widest, feature) => Math.max(widest, matrix.bins[feature]!.binCount), 1);
  return Math.ceil(most / 8) * 8;
}

function padded(rows: number): number {
  return Math.ceil(rows / 16) * 16;
}

function plan(matrix: BinnedMatrix, usable: Int32Array, sizes: GrowSizes, groupBytes: number) {
  let bytes = CONTROL.parts + sizes.threads * PART.bytes;
  const take = (size: number): number => {
    const address = Math.ceil(bytes / 64) * 64;
    bytes = address + size;
    return address;
  };
  const rows = padded(matrix.rows);
  const groups = Math.ceil(sizes.features / GROUP);
  const columns = new Int32Array(matrix.columns.length);
  for (const feature of usable) columns[feature] = take(rows);
  const addresses = {
    job: take(JOB.bytes),
    leaves: take(2 * LEAF.bytes),
    splits: take(sizes.threads * PART.bytes),
    cuts: take(4 * GROUP * groups),
    columnTable: take(4 * GROUP * groups),
    rows: take(4 * rows),
    spareRows: take(4 * rows),
    packed: take(8 * rows),
    sparePacked: take(8 * rows),
    blocks: take(8 * rows * groups),
    noColumn: take(rows),
  };
  // Every leaf may hold one, and one more is filled before its parent's turns into its sibling's.
  const slots = Array.from({ length: sizes.leaves + 1 }, () => take(groups * groupBytes));
  if (bytes > MOST_BYTES) {
    throw new NowcastError(
      'INPUT_INVALID',
      `trees on ${String(matrix.rows)} rows of ${String(usable.length)} columns need ${String(bytes)} bytes, which is ` +
        'more than 2 GiB; use fewer rows or fewer leaves',
    );
  }
  const at: GrowAddresses = { ...addresses, columns, histograms: slots[0]!, bytes };
  return { at, slots };
}

/** What stays the same from tree to tree. */
function prepareJob({ at, ints }: GrowMemory, rows: number, threads: number): void {
  const field = (offset: number, value: number) => (ints[(at.job + offset) >> 2] = value);
  field(JOB.rows, at.rows);
  field(JOB.packed, at.packed);
  field(JOB.blocks, at.blocks);
  field(JOB.blockBytes, 8 * rows);
  field(JOB.cuts, at.cuts);
  field(JOB.columns, at.columnTable);
  ints[CONTROL.threads >> 2] = 1;
  for (let thread = 0; thread < threads; thread += 1) {
    const part = CONTROL.parts + thread * PART.bytes;
    ints[(part + PART.smallSplit) >> 2] = at.splits + thread * PART.bytes;
    ints[(part + PART.largeSplit) >> 2] = at.splits + thread * PART.bytes + SPLIT.bytes;
  }
}
