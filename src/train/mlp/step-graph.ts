import {
  floatTensor,
  integer,
  integerTensor,
  matrixInfo,
  type NodeProto,
  onnx,
  operator,
  type TensorProto,
} from '../onnx/builders.js';

/** Names and shapes of the parameters of a network, layer by layer: a weight matrix and a bias row each. */
export interface Parameter {
  readonly name: string;
  readonly rows: number;
  readonly width: number;
}

/** Widths from the inputs over the hidden layers to the outputs. */
export function parametersOf(widths: readonly number[]): Parameter[] {
  return widths.slice(1).flatMap((width, layer) => [
    { name: `weight_${String(layer)}`, rows: widths[layer] ?? 0, width },
    { name: `bias_${String(layer)}`, rows: 1, width },
  ]);
}

export const BETA_1 = 0.9;
export const BETA_2 = 0.999;
const EPSILON = 1e-8;

/** Settings that are constants of the graph. */
export interface StepOptions {
  /** One an output: its probability; 0.5 is the median. */
  readonly probabilities: readonly number[];
  /** Errors below it count squared, above it linearly (Huber 1964); in units of the target. */
  readonly smoothing: number;
  /** Decoupled weight decay (Loshchilov & Hutter 2019), a step of rate 1. */
  readonly weightDecay: number;
  /** Share of the averaged weights that a step keeps (Polyak & Juditsky 1992). */
  readonly averaging: number;
}

/**
 * One step of training as an ONNX graph, so that the matrix products run in ONNX Runtime's vectorised kernels: forward
 * pass, gradient of the smoothed pinball loss, back-propagation and Adam (Kingma & Ba 2015), for a network with SiLU
 * between its layers.
 *
 * Inputs: `x` [B, F], `y` [B, 1], `weight` [B, 1] (each row's share of the loss, adding up to 1), `rate` [1, 1] and, a
 * parameter each, `P`, `P_m`, `P_v`, `P_avg`. Outputs: the same four with `_next`.
 */
export function stepGraph(widths: readonly number[], options: StepOptions): Uint8Array {
  const graph = new StepGraph(widths, options);
  return graph.encode();
}

class StepGraph {
  private readonly nodes: NodeProto[] = [];
  private readonly constants: TensorProto[] = [];
  private readonly layers: number;
  private readonly parameters: readonly Parameter[];

  constructor(
    private readonly widths: readonly number[],
    private readonly options: StepOptions,
  ) {
    this.layers = widths.length - 1;
    this.parameters = parametersOf(widths);
    this.forward();
    this.backward();
    for (const parameter of this.parameters) this.update(parameter.name);
  }

  encode(): Uint8Array {
    const state = (suffix: string) =>
      this.parameters.flatMap(({ name, rows, width }) =>
        ['', '_m', '_v', '_avg'].map((kind) => matrixInfo(`${name}${kind}${suffix}`, rows, width)),
      );
    const proto = onnx.ModelProto.create({
      irVersion: 8,
      producerName: 'power-nowcast',
      opsetImport: [{ domain: '', version: 13 }],
      graph: {
        name: 'step',
        node: this.nodes,
        initializer: this.constants,
        input: [
          matrixInfo('x', 'rows', this.widths[0] ?? 0),
          matrixInfo('y', 'rows', 1),
          matrixInfo('weight', 'rows', 1),
          matrixInfo('rate', 1, 1),
          ...state(''),
        ],
        output: state('_next'),
      },
    });
    return onnx.ModelProto.encode(proto).finish();
  }

  private op(
    type: string,
    inputs: readonly string[],
    output: string,
    attributes = [] as Parameters<typeof operator>[3],
  ): string {
    this.nodes.push(operator(type, inputs, output, attributes));
    return output;
  }

  private constant(name: string, values: readonly number[]): string {
    this.constants.push(floatTensor(name, [1, values.length], Float32Array.from(values)));
    return name;
  }

  private forward(): void {
    let input = 'x';
    for (let layer = 0; layer < this.layers; layer += 1) {
      const z = this.op(
        'Gemm',
        [input, `weight_${String(layer)}`, `bias_${String(layer)}`],
        `z_${String(layer)}`,
      );
      if (layer === this.layers - 1) continue;
      const gate = this.op('Sigmoid', [z], `gate_${String(layer)}`);
      input = this.op('Mul', [z, gate], `a_${String(layer)}`);
    }
  }

  /** Slope of the smoothed pinball loss at each output, then back through the layers. */
  private backward(): void {
    const { probabilities, smoothing } = this.options;
    const last = this.layers - 1;
    this.constants.push(integerTensor('row_axis', [1], [0]));
    const error = this.op('Sub', [`z_${String(last)}`, 'y'], 'error');
    this.op('Div', [error, this.constant('smoothing', [smoothing])], 'error_in_smoothing');
    const bounds = (name: string, value: number): string => {
      this.constants.push(floatTensor(name, [], Float32Array.of(value)));
      return name;
    };
    this.op('Clip', ['error_in_smoothing', bounds('minus_one', -1), bounds('one', 1)], 'sign');
    this.op('Mul', ['sign', this.constant('half', [0.5])], 'half_sign');
    this.op(
      'Add',
      [
        'half_sign',
        this.constant(
          'lean',
          probabilities.map((p) => 0.5 - p),
        ),
      ],
      'slope',
    );
    let delta = this.op('Mul', ['slope', 'weight'], `delta_${String(last)}`);
    for (let layer = last; layer >= 0; layer -= 1) {
      const n = String(layer);
      const input = layer === 0 ? 'x' : `a_${String(layer - 1)}`;
      this.op('Gemm', [input, delta], `weight_${n}_gradient`, [integer('transA', 1)]);
      this.op('ReduceSum', [delta, 'row_axis'], `bias_${n}_gradient`, [integer('keepdims', 1)]);
      if (layer > 0) delta = this.through(layer, delta);
    }
  }

  /** d SiLU(z) = gate + a (1 - gate). */
  private through(layer: number, delta: string): string {
    const below = String(layer - 1);
    this.op('Gemm', [delta, `weight_${String(layer)}`], `back_${below}`, [integer('transB', 1)]);
    this.op('Sub', ['one', `gate_${below}`], `closed_${below}`);
    this.op('Mul', [`a_${below}`, `closed_${below}`], `bend_${below}`);
    this.op('Add', [`gate_${below}`, `bend_${below}`], `steep_${below}`);
    return this.op('Mul', [`back_${below}`, `steep_${below}`], `delta_${below}`);
  }

  private update(name: string): void {
    const { weightDecay, averaging } = this.options;
    const scalar = (label: string, value: number) => this.shared(label, value);
    const g = `${name}_gradient`;
    this.op('Mul', [`${name}_m`, scalar('beta_1', BETA_1)], `${name}_m_kept`);
    this.op('Mul', [g, scalar('beta_1_rest', 1 - BETA_1)], `${name}_m_new`);
    this.op('Add', [`${name}_m_kept`, `${name}_m_new`], `${name}_m_next`);
    this.op('Mul', [`${name}_v`, scalar('beta_2', BETA_2)], `${name}_v_kept`);
    this.op('Mul', [g, g], `${name}_g_squared`);
    this.op('Mul', [`${name}_g_squared`, scalar('beta_2_rest', 1 - BETA_2)], `${name}_v_new`);
    this.op('Add', [`${name}_v_kept`, `${name}_v_new`], `${name}_v_next`);
    this.op('Sqrt', [`${name}_v_next`], `${name}_v_root`);
    this.op('Add', [`${name}_v_root`, scalar('epsilon', EPSILON)], `${name}_v_safe`);
    this.op('Div', [`${name}_m_next`, `${name}_v_safe`], `${name}_direction`);
    const decay = name.startsWith('weight') ? weightDecay : 0;
    this.op('Mul', [name, scalar(decay === 0 ? 'no_decay' : 'decay', decay)], `${name}_decay`);
    this.op('Add', [`${name}_direction`, `${name}_decay`], `${name}_move`);
    this.op('Mul', [`${name}_move`, 'rate'], `${name}_step`);
    this.op('Sub', [name, `${name}_step`], `${name}_next`);
    this.op('Mul', [`${name}_avg`, scalar('averaging', averaging)], `${name}_avg_kept`);
    this.op('Mul', [`${name}_next`, scalar('averaging_rest', 1 - averaging)], `${name}_avg_new`);
    this.op('Add', [`${name}_avg_kept`, `${name}_avg_new`], `${name}_avg_next`);
  }

  private shared(name: string, value: number): string {
    if (!this.constants.some((one) => one.name === name)) this.constant(name, [value]);
    return name;
  }
}
