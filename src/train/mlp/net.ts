/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */

/** A fully connected layer: output = input x weights + bias. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** Row-major [inputs x outputs]. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** A feed-forward network with SiLU (x * sigmoid(x)) between its layers. */
export interface Net {
  readonly layers: readonly Layer[];
}

/**
 * What the network answers, computed independently of ONNX Runtime: the check of what is published.
 * @param inputs row-major [rows x inputs of the first layer]
 * @returns row-major [rows x outputs of the last layer]
 */
export function runNet(net: Net, inputs: Float32Array, rows: number): Float32Array {
  let values = inputs;
  net.layers.forEach((layer, index) => {
    values = runLayer(layer, values, rows);
    if (index < net.layers.length - 1) applySilu(values);
  });
  return values;
}

function runLayer(
  { inputs, outputs, weights, bias }: Layer,
  values: Float32Array,
  rows: number,
): Float32Array {
  const result = new Float32Array(rows * outputs);
  const sums = new Float64Array(outputs);
  for (let row = 0; row < rows; row += 1) {
    for (let o = 0; o < outputs; o += 1) sums[o] = bias[o]!;
    for (let i = 0; i < inputs; i += 1) {
      const x = values[row * inputs + i]!;
      if (x === 0) continue;
      const line = i * outputs;
      for (let o = 0; o < outputs; o += 1) sums[o]! += x * weights[line + o]!;
    }
    result.set(sums, row * outputs);
  }
  return result;
}

function applySilu(values: Float32Array): void {
  for (let i = 0; i < values.length; i += 1) values[i] = values[i]! / (1 + Math.exp(-values[i]!));
}
