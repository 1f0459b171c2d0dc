/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import { Tensor } from 'onnxruntime-node';
import { NowcastError } from '../../contracts/errors.js';
import { type Random, seededRandom } from '../random.js';
import type { Layer, Net } from './net.js';
import { BETA_1, BETA_2, type Parameter, parametersOf, stepGraph } from './step-graph.js';
import { openTrainingSession, type TrainingSession } from '../training-session.js';

/** Rows to learn from. */
export interface NetRows {
  readonly rows: number;
  /** Row-major [rows x width]. */
  readonly inputs: Float32Array;
  readonly width: number;
  /** One a row, of spread about 1. */
  readonly target: Float32Array;
  /** One a row, positive. */
  readonly weights: Float32Array;
}

export interface NetOptions {
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  /** Probabilities of the outputs; 0.5 is the median. */
  readonly probabilities: readonly number[];
  readonly batchRows: number;
  /** Steps of training; fewer for few rows, see MAX_EPOCHS. */
  readonly steps: number;
  /** Learning rate at its height. */
  readonly rate: number;
  readonly weightDecay: number;
  /** Errors below it count squared, above it linearly; in units of the target. */
  readonly smoothing: number;
  readonly seed: number;
}

/** More passes over the same rows than this learn them by heart. */
const MAX_EPOCHS = 40;
/** Share of all steps over which weights are averaged, and over which the rate rises. */
const AVERAGING_SHARE = 0.04;
const WARM_UP_SHARE = 0.1;
/** The rate falls along a half cosine to this share of its height (Loshchilov & Hutter 2017). */
const LAST_RATE_SHARE = 0.02;

type State = Record<string, Tensor>;

/**
 * Trains a network by Adam on random batches. The same rows, options and seed give the same network on the same kind of
 * processor (the matrix products are ONNX Runtime's).
 * @returns the averaged weights
 */
export async function fitNet(
  rows: NetRows,
  options: NetOptions,
  onProgress?: (fraction: number) => void,
): Promise<Net> {
  const batchRows = Math.max(1, Math.min(options.batchRows, rows.rows));
  const steps = Math.max(1, Math.min(options.steps, Math.floor((MAX_EPOCHS * rows.rows) / batchRows)));
  const widths = [rows.width, ...options.hidden, options.probabilities.length];
  const { probabilities, smoothing, weightDecay } = options;
  const averaging = 1 - 1 / Math.max(2, steps * AVERAGING_SHARE);
  const graph = stepGraph(widths, { probabilities, smoothing, weightDecay, averaging });
  const session = await openTrainingSession('training step', graph);
  try {
    const random = seededRandom(options.seed);
    const state = await walk(session, rows, firstState(widths, usedInputs(rows), random), {
      steps,
      batchRows,
      rate: options.rate,
      random,
      onProgress,
    });
    return netOf(state, widths);
  } finally {
    await session.release();
  }
}

interface Walk {
  readonly steps: number;
  readonly batchRows: number;
  readonly rate: number;
  readonly random: Random;
  readonly onProgress: ((fraction: number) => void) | undefined;
}

async function walk(
  session: TrainingSession,
  rows: NetRows,
  first: State,
  { steps, batchRows, rate, random, onProgress }: Walk,
): Promise<State> {
  const batches = new Batches(rows, batchRows, random);
  let state = first;
  for (let step = 1; step <= steps; step += 1) {
    const scheduled = Float32Array.of(rateAt(step, steps, rate));
    const feeds = { ...state, ...batches.next(), rate: new Tensor('float32', scheduled, [1, 1]) };
    const results = await session.run(feeds);
    const next: State = {};
    for (const name of Object.keys(state)) next[name] = tensorOf(results[`${name}_next`], name);
    state = next;
    if (step % 50 === 0) onProgress?.(step / steps);
  }
  return state;
}

/** Rate of a step, with Adam's correction of its zero start. */
function rateAt(step: number, steps: number, height: number): number {
  const rise = Math.min(1, step / Math.max(1, steps * WARM_UP_SHARE));
  const fall = (1 + Math.cos((Math.PI * step) / steps)) / 2;
  const correction = Math.sqrt(1 - BETA_2 ** step) / (1 - BETA_1 ** step);
  return height * rise * (LAST_RATE_SHARE + (1 - LAST_RATE_SHARE) * fall) * correction;
}

/** Random batches: the rows in a new order each time they have all been used. */
class Batches {
  private readonly order: Int32Array;
  private at: number;

  constructor(
    private readonly rows: NetRows,
    private readonly size: number,
    private readonly random: Random,
  ) {
    this.order = Int32Array.from({ length: rows.rows }, (_, row) => row);
    this.at = rows.rows;
  }

  next(): State {
    if (this.at + this.size > this.rows.rows) this.shuffle();
    const { size } = this;
    const { inputs, width, target, weights } = this.rows;
    const x = new Float32Array(size * width);
    const y = new Float32Array(size);
    const share = new Float32Array(size);
    let total = 0;
    for (let i = 0; i < size; i += 1) {
      const row = this.order[this.at + i]!;
      x.set(inputs.subarray(row * width, (row + 1) * width), i * width);
      y[i] = target[row]!;
      share[i] = weights[row]!;
      total += weights[row]!;
    }
    for (let i = 0; i < size; i += 1) share[i]! /= total;
    this.at += size;
    return {
      x: new Tensor('float32', x, [size, width]),
      y: new Tensor('float32', y, [size, 1]),
      weight: new Tensor('float32', share, [size, 1]),
    };
  }

  /** Fisher-Yates. */
  private shuffle(): void {
    const { order } = this;
    for (let i = order.length - 1; i > 0; i -= 1) {
      const other = Math.floor(this.random() * (i + 1));
      const held = order[i]!;
      order[i] = order[other]!;
      order[other] = held;
    }
    this.at = 0;
  }
}

/** Inputs that are not 0 in every row; the others (a feature that the zone does not have) can teach nothing. */
function usedInputs({ rows, inputs, width }: NetRows): Uint8Array {
  const used = new Uint8Array(width);
  for (let row = 0; row < rows; row += 1)
    for (let i = 0; i < width; i += 1) if (inputs[row * width + i] !== 0) used[i] = 1;
  return used;
}

/**
 * Random weights (He et al. 2015), small ones in the last layer so that the first answer is near 0. An input that is not
 * used has weight 0 and takes no random number, so that the network is the one that it would be without it.
 */
function firstState(widths: readonly number[], used: Uint8Array, random: Random): State {
  const state: State = {};
  const parameters = parametersOf(widths);
  parameters.forEach((parameter, index) => {
    const isLast = index >= parameters.length - 2;
    const values = new Float32Array(parameter.rows * parameter.width);
    if (parameter.name.startsWith('weight')) {
      const isUsed = (row: number): boolean => index > 0 || used[row] === 1;
      const inputs = index > 0 ? parameter.rows : used.reduce((sum, one) => sum + one, 0);
      const deviation = Math.sqrt((isLast ? 0.1 : 1.5) / Math.max(1, inputs));
      for (let i = 0; i < values.length; i += 1)
        if (isUsed(Math.floor(i / parameter.width))) values[i] = gaussian(random) * deviation;
    }
    state[parameter.name] = parameterTensor(values, parameter);
    state[`${parameter.name}_m`] = parameterTensor(new Float32Array(values.length), parameter);
    state[`${parameter.name}_v`] = parameterTensor(new Float32Array(values.length), parameter);
    state[`${parameter.name}_avg`] = parameterTensor(values.slice(), parameter);
  });
  return state;
}

function parameterTensor(values: Float32Array, { rows, width }: Parameter): Tensor {
  return new Tensor('float32', values, [rows, width]);
}

/** Box & Muller 1958. */
function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function netOf(state: State, widths: readonly number[]): Net {
  const values = (name: string): Float32Array => {
    const data = tensorOf(state[`${name}_avg`], name).data as Float32Array;
    if (data.every((value) => Number.isFinite(value))) return data;
    throw new NowcastError('TRAINING_FAILED', 'the network diverged: a weight is not a number');
  };
  const layers = widths.slice(1).map((outputs, index): Layer => ({
    inputs: widths[index] ?? 0,
    outputs,
    weights: values(`weight_${String(index)}`),
    bias: values(`bias_${String(index)}`),
  }));
  return { layers };
}

function tensorOf(tensor: Tensor | undefined, name: string): Tensor {
  if (tensor !== undefined) return tensor;
  throw new NowcastError('INTERNAL', `the training step gave no ${name}`);
}
