import fc from 'fast-check';

/** The part of JSON Schema that the messages of the feed use. */
export interface FieldSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly items?: FieldSchema;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Values that the schema allows, not too large. */
export function valid(schema: FieldSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  switch (schema.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, valid(one)])),
        { requiredKeys: [...(schema.required ?? [])] },
      );
    case 'array':
      return fc.array(valid(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 4 });
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1000, max: schema.maximum ?? 100_000 });
    case 'string':
      return fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 20, 20) });
    default:
      throw new Error(`no values for ${JSON.stringify(schema)}`);
  }
}

/** A valid value with one thing wrong somewhere in it: a field of another kind, missing, too many, or out of bounds. */
export function spoiled(schema: FieldSchema): fc.Arbitrary<unknown> {
  const wrong = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0.5),
    fc.string({ minLength: 65, maxLength: 80 }),
    fc.constant(''),
    fc.constant([]),
    fc.constant({}),
    fc.integer({ min: -1000, max: -2 }),
    fc.jsonValue({ maxDepth: 2 }),
  );
  return fc
    .tuple(valid(schema), fc.nat(), wrong, fc.constantFrom('replace', 'remove', 'add'))
    .map(([value, pick, other, how]) => spoil(value, pick, other, how));
}

function spoil(value: unknown, pick: number, other: unknown, how: string): unknown {
  if (typeof value !== 'object' || value === null) return other;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
  const keys = Object.keys(copy);
  const key = keys[pick % Math.max(1, keys.length)];
  if (key === undefined) return other;
  const at = copy as Record<string, unknown>;
  const inner = at[key];
  if (typeof inner === 'object' && inner !== null && pick % 3 > 0) {
    at[key] = spoil(inner, Math.floor(pick / 7), other, how);
  } else if (how === 'remove' && !Array.isArray(copy)) Reflect.deleteProperty(copy, key);
  else if (how === 'add' && !Array.isArray(copy)) at[`${key}2`] = other;
  else at[key] = other;
  return copy;
}
