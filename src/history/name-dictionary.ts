import type { Database } from 'lmdb';

/**
 * Names (zones, sources) as small integers, so that keys are short, fixed in length and free of escaping.
 * An id, once given, never changes; several processes may share the directory.
 */
export class NameDictionary {
  private readonly ids = new Map<string, number>();
  private readonly names: string[] = [];

  constructor(private readonly db: Database<string, number>) {
    this.refresh();
  }

  /** The id of a name, or null when nothing was ever written under it. */
  find(name: string): number | null {
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    this.refresh();
    return this.ids.get(name) ?? null;
  }

  /** The id of a name, giving it one durably when it is new. */
  intern(name: string): number {
    return this.find(name) ?? this.add(name);
  }

  nameOf(id: number): string {
    if (this.names[id] === undefined) this.refresh();
    return this.names[id] ?? `unknown-${id}`;
  }

  /** Every id given so far. */
  allIds(): number[] {
    this.refresh();
    return [...this.ids.values()];
  }

  private add(name: string): number {
    return this.db.transactionSync(() => {
      // Another process may have added it since.
      this.refresh();
      const existing = this.ids.get(name);
      if (existing !== undefined) return existing;
      const id = this.names.length;
      this.db.putSync(id, name);
      this.remember(id, name);
      return id;
    });
  }

  private refresh(): void {
    for (const { key, value } of this.db.getRange({ start: this.names.length })) this.remember(key, value);
  }

  private remember(id: number, name: string): void {
    this.names[id] = name;
    this.ids.set(name, id);
  }
}
