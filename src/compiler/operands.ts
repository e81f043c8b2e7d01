// What the binary operators share: values that are not null, decimals at one scale.

import { writtenPath } from '../schema/field-name.js';
import { greatest, least, powerOfTen, rescaledType } from './exact.js';
import type { ConstantIr, Ir } from './ir.js';
import { mayBeNull, visit } from './ir.js';
import type { FaultSink } from './source.js';
import { type DecimalType, decimalType, ERROR, type Type, typePhrase } from './types.js';

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

/** How an author names a value: `card.limit`, `item.price`; undefined where it has no name. */
export function pathOf(ir: Ir): string | undefined {
  switch (ir.op) {
    case 'field':
      return writtenPath(ir.field.path);
    case 'feature':
      return ir.feature.name;
    case 'local':
      return ir.local.name === '' ? undefined : ir.local.name;
    case 'member': {
      const object = pathOf(ir.object);
      return object === undefined ? undefined : `${object}.${ir.field.name}`;
    }
    default:
      return undefined;
  }
}

/** The name in backquotes, or `this`. */
export function namePhrase(ir: Ir): string {
  const path = pathOf(ir);
  return path === undefined ? 'this' : `\`${path}\``;
}

/** Reading it again costs next to nothing: it may stand in an IR twice. */
export function isSimple(ir: Ir): boolean {
  if (ir.op === 'member') return isSimple(ir.object);
  return ir.op === 'constant' || ir.op === 'field' || ir.op === 'feature' || ir.op === 'local' || ir.op === 'now';
}

/** The value where it is not null; only of what `isSimple`. */
export function presentValue(ir: Ir): Ir {
  return ir.op === 'field' || ir.op === 'feature' || ir.op === 'member' ? { ...ir, nullable: false } : ir;
}

/** Reports a value that may be null, or is; from then on it is taken as not null. */
export function requireValue(ir: Ir, faults: FaultSink): Ir {
  if (!mayBeNull(ir)) return ir;
  if (ir.type.kind === 'null') {
    faults.error('V3317', ir, 'null is no value here');
    return failed(ERROR, ir);
  }
  const path = pathOf(ir);
  const advice =
    path === undefined
      ? 'say what it is then: `... ?? 0`'
      : ir.op === 'field'
        ? `test it first: \`${path} !== null && ...\`, or give it a \`default\` in the model`
        : `test it first: \`${path} !== null && ...\``;
  faults.error('V3304', ir, `${namePhrase(ir)} may be null`, advice);
  return isSimple(ir) ? presentValue(ir) : failed(ir.type, ir);
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

/** A decimal, or a number of nothing but literals as one; undefined where it is neither (reported). */
export function asDecimal(ir: Ir, other: Ir | undefined, faults: FaultSink): (Ir & { type: DecimalType }) | undefined {
  if (isDecimal(ir)) return ir;
  const leaves = literalLeaves(ir);
  if (leaves === undefined) {
    const path = other === undefined ? undefined : pathOf(other);
    const name = path === undefined ? 'the other operand' : `\`${path}\``;
    const beside = other === undefined || !isDecimal(other) ? '' : `: ${name} is ${typePhrase(other.type)}`;
    const advice =
      'declare both in the model as decimals (`multipleOf: 0.01`), or both as plain numbers; `standard` also has `toNumber` and `toDecimal`';
    faults.error('V3305', ir, `a number is mixed with a decimal${beside}`, advice);
    return undefined;
  }
  const values = leaves.filter(({ type }) => type.kind !== 'null');
  const inexact = values.find(({ exact }) => exact === undefined);
  if (inexact !== undefined) {
    const advice = 'write it with at most 40 digits, without `/` and `%`';
    faults.error('V3308', inexact, 'this number cannot be taken as an exact decimal', advice);
    return undefined;
  }
  const scale = Math.max(...values.map(({ exact }) => exact!.scale));
  const units = values.map(({ exact }) => exact!.value * powerOfTen(scale - exact!.scale));
  const type = decimalType(scale, least(units), greatest(units));
  const converted = mapLeaves(ir, type, (leaf) =>
    leaf.type.kind === 'null'
      ? { ...leaf, type }
      : { ...decimalConstant(leaf.exact!.value * powerOfTen(scale - leaf.exact!.scale), scale, leaf), type },
  );
  return converted as Ir & { type: DecimalType };
}

/** The literals that a value is chosen from, null among them; undefined where it is anything else. */
export function literalLeaves(ir: Ir): ConstantIr[] | undefined {
  switch (ir.op) {
    case 'constant':
      return [ir];
    case 'conditional':
      return joined([ir.whenTrue, ir.whenFalse]);
    case 'coalesce':
      return joined(ir.operands);
    default:
      return undefined;
  }
}

function joined(branches: readonly Ir[]): ConstantIr[] | undefined {
  const leaves: ConstantIr[] = [];
  for (const branch of branches) {
    const below = literalLeaves(branch);
    if (below === undefined) return undefined;
    leaves.push(...below);
  }
  return leaves;
}

/** A value that is chosen from literals, with other literals of the type given. */
export function mapLeaves(ir: Ir, type: Type, change: (leaf: ConstantIr) => Ir): Ir {
  switch (ir.op) {
    case 'constant':
      return change(ir);
    case 'conditional':
      return { ...ir, type, whenTrue: mapLeaves(ir.whenTrue, type, change), whenFalse: mapLeaves(ir.whenFalse, type, change) };
    case 'coalesce':
      return { ...ir, type, operands: ir.operands.map((operand) => mapLeaves(operand, type, change)) };
    default:
      return ir;
  }
}
