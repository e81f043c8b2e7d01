// Keys of short texts: what TEXT_KEY computes of a field, of a constant.

import { TEXT_KEY_BYTES_MAX } from '../../assembly/shared/limits.js';
import type { Field } from '../schema/model.js';
import type { CompareIr, ConstantIr, Ir } from './ir.js';

const encoder = new TextEncoder();

/** The text field that a comparison reads, where it can be made on the field's key: equality with a short text. */
export function keyedField({ left, right, relation }: CompareIr): Field | undefined {
  if (relation !== '===' && relation !== '!==') return undefined;
  if (right.op === 'constant') return isShort(right) ? textField(left) : undefined;
  return left.op === 'constant' && isShort(left) ? textField(right) : undefined;
}

function textField(ir: Ir): Field | undefined {
  return ir.op === 'field' && ir.type.kind === 'text' ? ir.field : undefined;
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
