import path from 'node:path';
import ts from 'typescript';

/** A type of Grafana's own, as its foundation SDK declares it. */
export interface NamedType {
  /** Module of the SDK, for example dashboard. */
  readonly module: string;
  readonly name: string;
}

/**
 * Compares JSON with the types of Grafana's kinds (dashboard, its panels' options, alerting) in the foundation SDK, which
 * Grafana generates from the schemas it reads dashboards by. TypeScript itself cannot: JSON has texts where they have enums.
 */
export class GrafanaTypes {
  private readonly checker: ts.TypeChecker;
  private readonly types: ReadonlyMap<string, ts.Type>;

  constructor(needed: readonly NamedType[]) {
    const file = path.join(import.meta.dirname, 'needed-types.ts');
    const text = needed
      .map(
        ({ module, name }, i) =>
          `import type { ${name} as T${i} } from '@grafana/grafana-foundation-sdk/${module}';\nexport type U${i} = T${i};`,
      )
      .join('\n');
    const options: ts.CompilerOptions = {
      module: ts.ModuleKind.NodeNext,
      strict: true,
      skipLibCheck: true,
      types: [],
      lib: ['lib.es5.d.ts'],
    };
    const host = ts.createCompilerHost(options);
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (name, language) =>
      name === file ? ts.createSourceFile(name, text, language) : read(name, language);
    host.fileExists = (name) => name === file || ts.sys.fileExists(name);
    const program = ts.createProgram([file], options, host);
    this.checker = program.getTypeChecker();
    const source = program.getSourceFile(file);
    const symbol = source && this.checker.getSymbolAtLocation(source);
    const exported = symbol === undefined ? [] : this.checker.getExportsOfModule(symbol);
    this.types = new Map(
      needed.map(({ module, name }, i) => {
        const alias = exported.find((each) => each.name === `U${i}`);
        if (alias === undefined) throw new Error(`the SDK has no type ${module}.${name}`);
        return [`${module}.${name}`, this.checker.getDeclaredTypeOfSymbol(alias)];
      }),
    );
  }

  /**
   * @param partial true where what is not said has a default
   * @returns one line for each place that is not of the type
   */
  problems(value: unknown, { module, name }: NamedType, partial = false): string[] {
    const type = this.types.get(`${module}.${name}`);
    if (type === undefined) throw new Error(`type ${module}.${name} was not asked for`);
    return this.check(value, type, name, partial);
  }

  private check(value: unknown, type: ts.Type, at: string, partial: boolean): string[] {
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return [];
    if (type.isUnion()) {
      const each = type.types.map((member) => this.check(value, member, at, partial));
      if (each.some((problems) => problems.length === 0)) return [];
      if (typeof value !== 'object') return [`${at}: ${JSON.stringify(value)} is none of the values`];
      return [...each].sort((a, b) => a.length - b.length)[0] ?? [];
    }
    if (type.isLiteral())
      return value === type.value ? [] : [`${at}: ${JSON.stringify(value)} is none of the values`];
    if (Array.isArray(value)) {
      const element = this.checker.isArrayType(type)
        ? this.checker.getTypeArguments(type as ts.TypeReference)[0]
        : undefined;
      if (element === undefined) return [`${at}: a list`];
      return value.flatMap((one, i) => this.check(one, element, `${at}[${i}]`, partial));
    }
    if (typeof value === 'object' && value !== null) return this.checkObject(value, type, at, partial);
    return type.flags & flagOf(value)
      ? []
      : [`${at}: ${JSON.stringify(value)} is no ${this.checker.typeToString(type)}`];
  }

  private checkObject(value: object, type: ts.Type, at: string, partial: boolean): string[] {
    if (!(type.flags & ts.TypeFlags.Object) || this.checker.isArrayType(type)) return [`${at}: an object`];
    const members = this.checker.getPropertiesOfType(type);
    // The base of all queries: each data source's own type says what is in it.
    if (members.some(({ name }) => name === '_implementsDataqueryVariant') && members.length === 1) return [];
    const index = this.checker.getIndexInfoOfType(type, ts.IndexKind.String)?.type;
    const found = Object.entries(value).flatMap(([name, member]) => {
      const symbol = members.find((each) => each.name === name);
      const expected = symbol === undefined ? index : this.checker.getTypeOfSymbol(symbol);
      return expected === undefined
        ? [`${at}.${name}: there is no such field`]
        : this.check(member, expected, `${at}.${name}`, partial);
    });
    if (partial) return found;
    const missing = members.filter(
      (each) => !(each.flags & (ts.SymbolFlags.Optional | ts.SymbolFlags.Method)) && !(each.name in value),
    );
    return [...found, ...missing.map(({ name }) => `${at}.${name}: is missing`)];
  }
}

function flagOf(value: unknown): ts.TypeFlags {
  if (value === null) return ts.TypeFlags.Null;
  if (typeof value === 'string') return ts.TypeFlags.String;
  if (typeof value === 'number') return ts.TypeFlags.Number;
  return ts.TypeFlags.Boolean | ts.TypeFlags.BooleanLiteral;
}
