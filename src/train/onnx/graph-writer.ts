import {
  type AttributeProto,
  floatTensor,
  integer,
  integerTensor,
  type NodeProto,
  onnx,
  operator,
  type TensorProto,
} from './builders.js';

const { FLOAT, INT64 } = onnx.TensorProto.DataType;

/** Collects the operators and constants of a graph. Every method adds an operator and returns the name of its output. */
export class GraphWriter {
  readonly nodes: NodeProto[] = [];
  readonly constants: TensorProto[] = [];

  add(type: string, inputs: readonly string[], output: string, attributes: AttributeProto[] = []): string {
    this.nodes.push(operator(type, inputs, output, attributes));
    return output;
  }

  node(node: NodeProto): void {
    this.nodes.push(node);
  }

  floats(name: string, dims: readonly number[], values: Float32Array): string {
    this.constants.push(floatTensor(name, dims, values));
    return name;
  }

  /** One row of numbers, which spreads over the rows of a matrix. */
  row(name: string, values: ArrayLike<number>): string {
    return this.floats(name, [1, values.length], Float32Array.from(values));
  }

  scalar(name: string, value: number): string {
    return this.floats(name, [], Float32Array.of(value));
  }

  integers(name: string, dims: readonly number[], values: readonly number[]): string {
    this.constants.push(integerTensor(name, dims, values));
    return name;
  }

  /** Columns of a matrix. */
  columns(input: string, columns: readonly number[], output: string): string {
    const indexes = this.integers(`${output}_columns`, [columns.length], columns);
    return this.add('Gather', [input, indexes], output, [integer('axis', 1)]);
  }

  /** input x factor. */
  scale(input: string, factor: number, output: string): string {
    return this.add('Mul', [input, this.scalar(`${output}_factor`, factor)], output);
  }

  toFloat(input: string, output: string): string {
    return this.add('Cast', [input], output, [integer('to', FLOAT)]);
  }

  toInteger(input: string, output: string): string {
    return this.add('Cast', [input], output, [integer('to', INT64)]);
  }
}
