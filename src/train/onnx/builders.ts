/** Small builders of the ONNX protobuf messages (onnx.proto3): tensors, attributes, nodes. */
import onnxProto from 'onnx-proto';

export const { onnx } = onnxProto;
export type NodeProto = InstanceType<typeof onnx.NodeProto>;
export type TensorProto = InstanceType<typeof onnx.TensorProto>;
export type AttributeProto = InstanceType<typeof onnx.AttributeProto>;

const { FLOAT, INT64 } = onnx.TensorProto.DataType;
const AttributeType = onnx.AttributeProto.AttributeType;

/** A constant float32 tensor. */
export function floatTensor(name: string, dims: readonly number[], values: Float32Array): TensorProto {
  return onnx.TensorProto.create({ name, dims: [...dims], dataType: FLOAT, rawData: littleEndian(values) });
}

/** A constant int64 tensor; values must be exact integers. */
export function integerTensor(name: string, dims: readonly number[], values: readonly number[]): TensorProto {
  const wide = BigInt64Array.from(values, (value) => BigInt(value));
  return onnx.TensorProto.create({ name, dims: [...dims], dataType: INT64, rawData: littleEndian(wide) });
}

function littleEndian(values: Float32Array | BigInt64Array): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(values.byteLength));
  values.forEach((value: number | bigint, i: number) => {
    if (typeof value === 'bigint') bytes.setBigInt64(i * 8, value, true);
    else bytes.setFloat32(i * 4, value, true);
  });
  return new Uint8Array(bytes.buffer);
}

export function floats(name: string, values: readonly number[]): AttributeProto {
  return onnx.AttributeProto.create({ name, type: AttributeType.FLOATS, floats: [...values] });
}

export function integers(name: string, values: readonly number[]): AttributeProto {
  return onnx.AttributeProto.create({ name, type: AttributeType.INTS, ints: [...values] });
}

export function integer(name: string, value: number): AttributeProto {
  return onnx.AttributeProto.create({ name, type: AttributeType.INT, i: value });
}

export function text(name: string, value: string): AttributeProto {
  return onnx.AttributeProto.create({ name, type: AttributeType.STRING, s: Buffer.from(value) });
}

export function texts(name: string, values: readonly string[]): AttributeProto {
  return onnx.AttributeProto.create({
    name,
    type: AttributeType.STRINGS,
    strings: values.map((value) => Buffer.from(value)),
  });
}

/** One operator; its name is that of its output, which is unique in a graph. */
export function operator(
  opType: string,
  input: readonly string[],
  output: string,
  attribute: readonly AttributeProto[] = [],
  domain = '',
): NodeProto {
  return onnx.NodeProto.create({
    opType,
    input: [...input],
    output: [output],
    name: output,
    attribute: [...attribute],
    domain,
  });
}

/** A float32 matrix as graph input or output; a name instead of a size leaves it open. */
export function matrixInfo(
  name: string,
  rows: string | number,
  width: number,
): InstanceType<typeof onnx.ValueInfoProto> {
  return onnx.ValueInfoProto.create({
    name,
    type: {
      tensorType: {
        elemType: FLOAT,
        shape: {
          dim: [typeof rows === 'string' ? { dimParam: rows } : { dimValue: rows }, { dimValue: width }],
        },
      },
    },
  });
}
