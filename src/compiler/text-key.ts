// Keys of short texts: what TEXT_KEY computes of a field or a feature, of a constant.

import { TEXT_KEY_BYTES_MAX } from '../../assembly/shared/limits.js';
import type { CompareIr, ConstantIr, FeatureIr, FieldIr, Ir } from './ir.js';

const encoder = new TextEncoder();

/** The text that a comparison reads, where it can be made on that text's key: equality of a field or feature with a short text. */
export function keyedName({ left, right, relation }: CompareIr): FieldIr | FeatureIr | undefined {
  if (relation !== '===' && relation !== '!==') return undefined;
  if (right.op === 'constant') return isShort(right) ? textName(left) : undefined;
  return left.op === 'constant' && isShort(left) ? textName(right) : undefined;
}

function textName(ir: Ir): FieldIr | FeatureIr | undefined {
  return (ir.op === 'field' || ir.op === 'feature') && ir.type.kind === 'text' ? ir : undefined;
}

function isShort({ value }: ConstantIr): boolean {
  return typeof value === 'string' && encoder.encode(value).length <= TEXT_KEY_BYTES_MAX;
}

/** The key of a short text. */
export function textKey({ value }: ConstantIr): bigint {
  const bytes = encoder.encode(value as string);
  let key = BigInt(bytes.length) << 56n;
  for (const [index, byte] of bytes.entries()) key |= BigInt(byte) << BigInt(8 * index);
  return key;
}
