// A node of an ONNX graph: its operator and attributes.

import { Cursor } from './cursor.js';
import { fault } from './fault.js';
import type { Message } from './protobuf.js';

// Fields of NodeProto, AttributeProto and TensorProto.
const NODE_OPERATOR = 4;
const NODE_ATTRIBUTE = 5;
const ATTRIBUTE_NAME = 1;
const ATTRIBUTE_INTEGER = 3;
const ATTRIBUTE_TEXT = 4;
const ATTRIBUTE_TENSOR = 5;
const ATTRIBUTE_FLOATS = 7;
const ATTRIBUTE_INTEGERS = 8;
const ATTRIBUTE_TEXTS = 9;
const TENSOR_TYPE = 2;
const TENSOR_FLOATS = 4;
const TENSOR_INTEGERS = 5;
const TENSOR_RAW = 9;
const TENSOR_DOUBLES = 10;

// Types of a tensor's elements.
const FLOAT = 1;
const UINT8 = 2;
const DOUBLE = 11;

export class OnnxNode {
  readonly operator: string;
  readonly #attributes: ReadonlyMap<string, Message>;

  constructor(message: Message) {
    this.operator = message.text(NODE_OPERATOR) ?? '';
    this.#attributes = new Map(
      message.messages(NODE_ATTRIBUTE).map((attribute): [string, Message] => [attribute.text(ATTRIBUTE_NAME) ?? '', attribute]),
    );
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  integer(name: string, otherwise: number): number {
    return this.#attributes.get(name)?.integer(ATTRIBUTE_INTEGER) ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    return this.#attributes.get(name)?.text(ATTRIBUTE_TEXT) ?? otherwise;
  }

  /** Integers; `count` of them where that is given, or none where the attribute is absent. */
  integers(name: string, count?: number): number[] {
    return this.#counted(name, this.#attributes.get(name)?.integers(ATTRIBUTE_INTEGERS) ?? [], count);
  }

  texts(name: string, count?: number): string[] {
    return this.#counted(name, this.#attributes.get(name)?.texts(ATTRIBUTE_TEXTS) ?? [], count);
  }

  /** Floats of an attribute, or of the tensor that `NAME_as_tensor` or the attribute itself holds; and whether they are doubles. */
  numbers(name: string, count?: number): { values: number[]; isDouble: boolean } {
    const tensor = (this.#attributes.get(`${name}_as_tensor`) ?? this.#attributes.get(name))?.message(ATTRIBUTE_TENSOR);
    const values = tensor === undefined ? (this.#attributes.get(name)?.floats(ATTRIBUTE_FLOATS) ?? []) : numbersOf(tensor, name);
    return { values: this.#counted(name, values, count), isDouble: tensor?.integer(TENSOR_TYPE) === DOUBLE };
  }

  #counted<T>(name: string, values: T[], count: number | undefined): T[] {
    if (count !== undefined && values.length !== count) fault(`\`${name}\` has ${values.length} values instead of ${count}`);
    return values;
  }
}

function numbersOf(tensor: Message, name: string): number[] {
  const type = tensor.integer(TENSOR_TYPE) ?? 0;
  const raw = tensor.bytes(TENSOR_RAW);
  if (type === FLOAT) return raw === undefined ? tensor.floats(TENSOR_FLOATS) : fromRaw(raw, 4, (cursor) => cursor.f32());
  if (type === DOUBLE) return raw === undefined ? tensor.doubles(TENSOR_DOUBLES) : fromRaw(raw, 8, (cursor) => cursor.f64());
  if (type === UINT8) return raw === undefined ? tensor.integers(TENSOR_INTEGERS) : Array.from(raw);
  return fault(`\`${name}\` is a tensor of the type ${type}; float, double and uint8 can be taken`);
}

function fromRaw(raw: Uint8Array, size: number, read: (cursor: Cursor) => number): number[] {
  if (raw.length % size !== 0) fault(`a tensor has ${raw.length} bytes, no multiple of ${size}`);
  const cursor = new Cursor(raw);
  return Array.from({ length: raw.length / size }, () => read(cursor));
}
