/* What the kernels use of the WebAssembly API; Node has it, its type package does not declare it. */
declare namespace WebAssembly {
  /** Opaque; may be sent to another thread. */
  type Module = object & { readonly compiledWebAssembly?: never };
  const Module: new (bytes: Uint8Array<ArrayBuffer>) => Module;

  interface Memory {
    readonly buffer: SharedArrayBuffer;
  }
  const Memory: new (descriptor: { initial: number; maximum: number; shared: boolean }) => Memory;

  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  const Instance: new (module: Module, imports: { env: { memory: Memory } }) => Instance;
}
