// What the binary operators share: values that are not null, decimals at one scale.

import { powerOfTen, rescaledType } from './exact.js';
import type { ConstantIr, Ir } from './ir.js';
import { visit } from './ir.js';
import type { FaultSink } from './source.js';
import { type DecimalType, decimalType, type Type, typePhrase } from './types.js';

export interface Place {
  start: number;
  end: number;
}

/** What stands for an operation whose fault has been reported. */
export function failed(type: Type, { start, end }: Place): Ir {
  return { op: 'error', type, start, end };
}

export function isDecimal(ir: Ir): ir is Ir & { type: DecimalType } {
  return ir.type.kind === 'decimal';
}

/** Reports a value that may be null, or is; from then on it is taken as not null. */
export function requireValue(ir: Ir, faults: FaultSink): Ir {
  if (ir.op !== 'field' || !ir.nullable) return ir;
  const { path } = ir.field;
  const advice = `test it first: \`${path} !== null && ...\`, or give it a \`default\` in the model`;
  faults.error('V3304', ir, `\`${path}\` may be null`, advice);
  return { ...ir, nullable: false };
}

/** A decimal at a larger scale. */
export function rescale(ir: Ir & { type: DecimalType }, scale: number): Ir & { type: DecimalType } {
  const digits = scale - ir.type.scale;
  if (digits === 0) return ir;
  const { start, end } = ir;
  if (ir.op === 'constant') return decimalConstant((ir.value as bigint) * powerOfTen(digits), scale, ir);
  return { op: 'rescale', type: rescaledType(ir.type, digits), operand: ir, digits, start, end };
}

/** A decimal that is known. */
export function decimalConstant(value: bigint, scale: number, { start, end }: Place): ConstantIr & { type: DecimalType } {
  return { op: 'constant', type: decimalType(scale, value, value), value, start, end };
}

/** Names the fields whose bounds would make a decimal fit. */
export function reportTooWide(ir: Ir, faults: FaultSink): void {
  const open = new Set<string>();
  visit(ir, (node) => {
    if (node.op === 'field' && isDecimal(node) && (node.field.minimum === undefined || node.field.maximum === undefined)) {
      open.add(`\`${node.field.path}\``);
    }
  });
  const advice =
    open.size > 0
      ? `give ${[...open].join(' and ')} a \`minimum\` and a \`maximum\` in the model`
      : 'narrow `minimum` and `maximum` of its fields in the model';
  faults.error('V3307', ir, 'the result may not fit 128 bits', advice);
}

/** Both operands as decimals; undefined where one cannot be taken as one (reported). */
export function bothDecimal(
  left: Ir,
  right: Ir,
  faults: FaultSink,
): [Ir & { type: DecimalType }, Ir & { type: DecimalType }] | undefined {
  const a = asDecimal(left, right, faults);
  const b = asDecimal(right, left, faults);
  return a === undefined || b === undefined ? undefined : [a, b];
}

function asDecimal(ir: Ir, other: Ir, faults: FaultSink): (Ir & { type: DecimalType }) | undefined {
  if (isDecimal(ir)) return ir;
  if (ir.op === 'constant' && ir.exact !== undefined) return decimalConstant(ir.exact.value, ir.exact.scale, ir);
  const name = other.op === 'field' ? `\`${other.field.path}\`` : 'the other operand';
  if (ir.op === 'constant') {
    faults.error(
      'V3308',
      ir,
      'this number cannot be taken as an exact decimal',
      'write it with at most 40 digits, without `/` and `%`',
    );
  } else {
    const advice = 'declare both in the model as decimals (`multipleOf: 0.01`), or both as plain numbers';
    faults.error('V3305', ir, `a number is mixed with a decimal: ${name} is ${typePhrase(other.type)}`, advice);
  }
  return undefined;
}
