/* Only what the report uses of the two packages: their own types take the compiler longer than all of this program. */
declare module 'vega' {
  export function parse(spec: object): object;
  export class View {
    constructor(runtime: object, options: { readonly renderer: 'none'; readonly logLevel?: number });
    toSVG(): Promise<string>;
    finalize(): void;
  }
}
declare module 'vega-lite' {
  export function compile(spec: object): { readonly spec: object };
}
