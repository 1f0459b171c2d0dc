/**
 * A small WebAssembly assembler: functions are written in TypeScript in the folded form of the text format
 * (`i32.add(a.get, i32.const(4))`) and come out as the bytes of a module. Instructions that the kernels of this folder
 * use, no more. Encoding: WebAssembly core specification 2.0, chapter 5, with the threads proposal.
 */

export type Code = readonly number[];
export type ValueType = 'i32' | 'i64' | 'f32' | 'v128';

const TYPE_BYTES: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, v128: 0x7b };
const NO_RESULT = 0x40;

/** A parameter or local variable of a function. */
export class Variable {
  constructor(private readonly index: number) {}

  get get(): Code {
    return [0x20, ...unsigned(this.index)];
  }

  set(value: Code): Code {
    return [...value, 0x21, ...unsigned(this.index)];
  }

  /** Sets and leaves the value on the stack. */
  tee(value: Code): Code {
    return [...value, 0x22, ...unsigned(this.index)];
  }
}

export type Variables<T> = { readonly [Name in keyof T]: Variable };

export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly result: ValueType | null;
  readonly body: Code;
}

/** Defines a function; `body` gets parameters and locals by name and gives its instructions in order. */
export function wasmFunction<
  P extends Readonly<Record<string, ValueType>>,
  L extends Readonly<Record<string, ValueType>>,
>(
  name: string,
  parameters: P,
  locals: L,
  body: (variables: Variables<P & L>) => readonly Code[],
  result: ValueType | null = null,
): WasmFunction {
  const names = [...Object.keys(parameters), ...Object.keys(locals)];
  const variables = Object.fromEntries(names.map((each, index) => [each, new Variable(index)]));
  return {
    name,
    parameters: Object.values(parameters),
    locals: Object.values(locals),
    result,
    body: body(variables as Variables<P & L>).flat(),
  };
}

function binary(...opcode: number[]) {
  return (a: Code, b: Code): Code => [...a, ...b, ...opcode];
}

function unary(...opcode: number[]) {
  return (a: Code): Code => [...a, ...opcode];
}

/** @param align log2 of the natural alignment */
function load(opcode: readonly number[], align: number) {
  return (address: Code, offset = 0): Code => [...address, ...opcode, align, ...unsigned(offset)];
}

function store(opcode: readonly number[], align: number) {
  return (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    ...opcode,
    align,
    ...unsigned(offset),
  ];
}

const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
const lane =
  (opcode: number) =>
  (a: Code, index: number): Code => [...a, ...simd(opcode), index];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  and: binary(0x71),
  or: binary(0x72),
  shl: binary(0x74),
  shrU: binary(0x76),
  eq: binary(0x46),
  ne: binary(0x47),
  ltS: binary(0x48),
  gtS: binary(0x4a),
  leS: binary(0x4c),
  geS: binary(0x4e),
  eqz: unary(0x45),
  wrap: unary(0xa7),
  load: load([0x28], 2),
  load8: load([0x2d], 0),
  store: store([0x36], 2),
  atomicLoad: load([0xfe, 0x10], 2),
  atomicStore: store([0xfe, 0x17], 2),
};

export const i64 = {
  const: (value: number): Code => [0x42, ...signed(value)],
  add: binary(0x7c),
  and: binary(0x83),
  shl: binary(0x86),
  shrU: binary(0x88),
  ne: binary(0x52),
  ltS: binary(0x53),
  geS: binary(0x59),
  extendS: unary(0xac),
  load: load([0x29], 3),
  store: store([0x37], 3),
};

export const f32 = {
  const: (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
  mul: binary(0x94),
  gt: binary(0x5e),
  load: load([0x2a], 2),
  store: store([0x38], 2),
};

export const v128 = {
  load: load(simd(0x00), 4),
  store: store(simd(0x0b), 4),
  zero: [...simd(0x0c), ...new Array<number>(16).fill(0)] as Code,
  /** @param lanes 16 byte numbers, 0 .. 15 of a and 16 .. 31 of b */
  shuffle: (a: Code, b: Code, lanes: readonly number[]): Code => [...a, ...b, ...simd(0x0d), ...lanes],
  anyTrue: unary(...simd(0x53)),
};

export const i32x4 = {
  extract: lane(0x1b),
  shrS: binary(...simd(0xac)),
  sub: binary(...simd(0xb1)),
};

export const i64x2 = {
  splat: unary(...simd(0x12)),
  extract: lane(0x1d),
  add: binary(...simd(0xce)),
  sub: binary(...simd(0xd1)),
};

export const f32x4 = {
  splat: unary(...simd(0x13)),
  extract: lane(0x1f),
  gt: binary(...simd(0x44)),
  add: binary(...simd(0xe4)),
  sub: binary(...simd(0xe5)),
  mul: binary(...simd(0xe6)),
  div: binary(...simd(0xe7)),
  convertS: unary(...simd(0xfa)),
};

export const memory = {
  fill: (to: Code, value: Code, bytes: Code): Code => [...to, ...value, ...bytes, 0xfc, 0x0b, 0x00],
  copy: (to: Code, from: Code, bytes: Code): Code => [...to, ...from, ...bytes, 0xfc, 0x0a, 0x00, 0x00],
  /** Sleeps while the word at the address is `expected`; the answer (why it woke) is dropped. */
  wait: (address: Code, expected: Code): Code => [
    ...address,
    ...expected,
    ...i64.const(-1),
    ...[0xfe, 0x01, 0x02, 0x00, 0x1a],
  ],
  notifyAll: (address: Code): Code => [...address, ...i32.const(-1), ...[0xfe, 0x00, 0x02, 0x00, 0x1a]],
};

export function when(condition: Code, then: readonly Code[], otherwise: readonly Code[] = []): Code {
  const rest = otherwise.length === 0 ? [] : [0x05, ...otherwise.flat()];
  return [...condition, 0x04, NO_RESULT, ...then.flat(), ...rest, 0x0b];
}

/** Runs the body while the condition holds; the condition is tested at the end of a turn, as compilers do. */
export function loopWhile(condition: Code, body: readonly Code[]): Code {
  return when(condition, [[0x03, NO_RESULT, ...body.flat(), ...condition, 0x0d, 0x00, 0x0b]]);
}

/** Counts the variable up to (not including) the limit. */
export function countUp(
  variable: Variable,
  from: Code,
  limit: Code,
  step: number,
  body: readonly Code[],
): Code {
  return [
    ...variable.set(from),
    ...loopWhile(i32.ltS(variable.get, limit), [
      ...body,
      variable.set(i32.add(variable.get, i32.const(step))),
    ]),
  ];
}

export const RETURN: Code = [0x0f];

/** @param index place of the called function in the list given to `assemble` */
export function call(index: number, args: readonly Code[]): Code {
  return [...args.flat(), 0x10, ...unsigned(index)];
}

/**
 * The module of some functions, all exported under their names. It imports its memory, a shared one, as `env.memory`.
 * @param maxPages most pages (64 KiB) that the memory may be declared with
 */
export function assemble(functions: readonly WasmFunction[], maxPages: number): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, result }) => [
    0x60,
    ...vector(parameters.map((type) => [TYPE_BYTES[type]])),
    ...vector(result === null ? [] : [[TYPE_BYTES[result]]]),
  ]);
  const importedMemory = [
    ...name('env'),
    ...name('memory'),
    0x02,
    0x03,
    ...unsigned(0),
    ...unsigned(maxPages),
  ];
  const exported = functions.map((each, index) => [...name(each.name), 0x00, ...unsigned(index)]);
  const bodies = functions.map(({ locals, body }) => {
    const code = [...vector(locals.map((type) => [1, TYPE_BYTES[type]])), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector([importedMemory])),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(7, vector(exported)),
    ...section(10, vector(bodies)),
  ]);
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

/** @param text ASCII */
function name(text: string): Code {
  return vector(Array.from({ length: text.length }, (_, i) => [text.charCodeAt(i)]));
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    const low = ((rest % 128) + 128) % 128;
    if (rest >= -64 && rest < 64) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}
