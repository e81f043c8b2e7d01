// The conformance data of CEL: values in the JSON of protocol buffers.

import { isEqual } from '#src/import/cel/value/compare.js';
import type { CelValue } from '#src/import/cel/value/value.js';

export type ProtoValue = Readonly<Record<string, unknown>>;

export interface ConformanceCase {
  file: string;
  expr: string;
  bindings?: Record<string, { value: ProtoValue }>;
  typeEnv?: { name: string; ident?: { type: ProtoType } }[];
  /** Absent where evaluating it is an error. */
  value?: ProtoValue;
}

export interface ProtoType {
  primitive?: string;
  listType?: { elemType: ProtoType };
}

export function readConformance(text: string): ConformanceCase[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ConformanceCase);
}

export function celValue(proto: ProtoValue): CelValue {
  const [kind = '', value] = Object.entries(proto)[0]!;
  switch (kind) {
    case 'int64Value':
      return { kind: 'int', value: BigInt(value as string) };
    case 'uint64Value':
      return { kind: 'uint', value: BigInt(value as string) };
    case 'doubleValue':
      return { kind: 'double', value: Number(value) };
    case 'stringValue':
      return { kind: 'string', value: value as string };
    case 'bytesValue':
      return { kind: 'bytes', value: new Uint8Array(Buffer.from(value as string, 'base64')) };
    case 'boolValue':
      return { kind: 'bool', value: value as boolean };
    case 'nullValue':
      return { kind: 'null' };
    case 'listValue':
      return { kind: 'list', items: ((value as { values?: ProtoValue[] }).values ?? []).map(celValue) };
    case 'mapValue': {
      const { entries = [] } = value as { entries?: { key: ProtoValue; value: ProtoValue }[] };
      return { kind: 'map', entries: entries.map((entry) => [celValue(entry.key), celValue(entry.value)]) };
    }
    default:
      throw new Error(`${kind} is no kind of value`);
  }
}

/** Equal values of one kind; numbers that are none are the same here. */
export function isSameValue(a: CelValue, b: CelValue): boolean {
  if (a.kind === 'double' && b.kind === 'double') return Object.is(a.value, b.value) || a.value === b.value;
  return a.kind === b.kind && isEqual(a, b);
}
