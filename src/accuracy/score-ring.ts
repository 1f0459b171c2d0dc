/**
 * Forecasts of one horizon by target slot, in rings of typed arrays. A slot is the target's step number since the
 * epoch; the ring holds the newest `capacity` slots and forgets older ones as it moves on.
 * Single precision: a kilowatt in 10 GW, at half the memory of many zones.
 */
export class ForecastRing {
  readonly mw: Float32Array;
  readonly p10: Float32Array;
  readonly p90: Float32Array;
  readonly rampMw: Float32Array;
  private readonly slots: Int32Array;
  private readonly revisions: Uint16Array;

  constructor(readonly capacity: number) {
    this.mw = new Float32Array(capacity).fill(Number.NaN);
    this.p10 = this.mw.slice();
    this.p90 = this.mw.slice();
    this.rampMw = this.mw.slice();
    this.slots = new Int32Array(capacity).fill(-1);
    this.revisions = new Uint16Array(capacity);
  }

  /** Position of the slot's forecast, or -1 when none is held. */
  indexOf(slot: number): number {
    const index = ringIndex(slot, this.capacity);
    return this.slots[index] === slot ? index : -1;
  }

  /**
   * Claims the position for a forecast of this slot.
   * @returns -1 when a newer slot or a newer revision of the same slot is already there
   */
  claim(slot: number, revision: number): number {
    const index = ringIndex(slot, this.capacity);
    const held = this.slots[index] ?? -1;
    if (held > slot || (held === slot && (this.revisions[index] ?? 0) > revision)) return -1;
    this.slots[index] = slot;
    this.revisions[index] = revision;
    return index;
  }
}

/** Actuals by slot; NaN where unknown. */
export class ActualRing {
  private readonly values: Float64Array;
  private readonly slots: Float64Array;

  constructor(readonly capacity: number) {
    this.values = new Float64Array(capacity).fill(Number.NaN);
    this.slots = new Float64Array(capacity).fill(-1);
  }

  at(slot: number): number {
    const index = ringIndex(slot, this.capacity);
    return this.slots[index] === slot ? (this.values[index] ?? Number.NaN) : Number.NaN;
  }

  /** @returns false when the ring has already moved past that slot */
  set(slot: number, mw: number): boolean {
    const index = ringIndex(slot, this.capacity);
    if ((this.slots[index] ?? -1) > slot) return false;
    this.slots[index] = slot;
    this.values[index] = mw;
    return true;
  }
}

function ringIndex(slot: number, capacity: number): number {
  return ((slot % capacity) + capacity) % capacity;
}
