// Writes ONNX models of one operator, field by field of onnx.proto.

type Value =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { floats: readonly number[] }
  | { tensor: readonly number[]; type: 'float' | 'double' | 'uint8' };

function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  while (left > 127n) {
    bytes.push(Number(left & 127n) | 128);
    left >>= 7n;
  }
  return [...bytes, Number(left)];
}

const text = (value: string): number[] => [...new TextEncoder().encode(value)];
const integer = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, value: readonly number[]): number[] => [...varint(field * 8 + 2), ...varint(value.length), ...value];

function raw(values: readonly number[], type: 'float' | 'double' | 'uint8'): number[] {
  const array =
    type === 'float' ? Float32Array.from(values) : type === 'double' ? Float64Array.from(values) : Uint8Array.from(values);
  return [...new Uint8Array(array.buffer)];
}

const TENSOR_TYPES = { float: 1, uint8: 2, double: 11 } as const;

function attribute(name: string, value: Value): number[] {
  const head = bytes(1, text(name));
  if (typeof value === 'number') return [...head, ...integer(3, value)];
  if (typeof value === 'string') return [...head, ...bytes(4, text(value))];
  if ('floats' in value) return [...head, ...bytes(7, raw(value.floats, 'float'))];
  if ('tensor' in value)
    return [...head, ...bytes(5, [...integer(2, TENSOR_TYPES[value.type]), ...bytes(9, raw(value.tensor, value.type))])];
  if (typeof value[0] === 'string') return [...head, ...(value as string[]).flatMap((one) => bytes(9, text(one)))];
  return [...head, ...(value as number[]).flatMap((one) => integer(8, one))];
}

/** A model of one node. @param features columns of its input */
export function onnxModel(
  operator: string,
  attributes: Readonly<Record<string, Value>>,
  features: number,
  more: readonly string[] = [],
): Uint8Array {
  const node = (name: string, own: Readonly<Record<string, Value>>): number[] => [
    ...bytes(1, text('X')),
    ...bytes(2, text('Y')),
    ...bytes(4, text(name)),
    ...Object.entries(own).flatMap(([key, value]) => bytes(5, attribute(key, value))),
    ...bytes(7, text('ai.onnx.ml')),
  ];
  const shape = [...bytes(1, integer(1, 1)), ...bytes(1, integer(1, features))];
  const input = [...bytes(1, text('X')), ...bytes(2, bytes(1, [...integer(1, 1), ...bytes(2, shape)]))];
  const graph = [
    ...bytes(1, node(operator, attributes)),
    ...more.flatMap((name) => bytes(1, node(name, {}))),
    ...bytes(2, text('g')),
    ...bytes(11, input),
  ];
  return Uint8Array.from([...integer(1, 8), ...bytes(2, text('test')), ...bytes(7, graph)]);
}
