/** The newest few blocks of a series that is computed block by block; the oldest is forgotten first. */
export class BlockCache<T> {
  private readonly blocks = new Map<number, T>();
  private lastKey = Number.NaN;
  private last: T | undefined;

  constructor(
    private readonly compute: (key: number) => T,
    private readonly capacity = 16,
  ) {}

  get(key: number): T {
    if (key === this.lastKey && this.last !== undefined) return this.last;
    let block = this.blocks.get(key);
    if (block === undefined) {
      block = this.compute(key);
      if (this.blocks.size >= this.capacity) this.blocks.delete(this.blocks.keys().next().value ?? key);
      this.blocks.set(key, block);
    }
    this.lastKey = key;
    this.last = block;
    return block;
  }
}
