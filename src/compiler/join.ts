// Brings values that may stand for one another to one type: the sides of a comparison, the branches of `?:` and `??`, the elements
// of an array literal. Literals take the type of what stands beside them.

import { didYouMean } from '../diagnostic/suggest.js';
import { parseDate, parseTimestamp } from '../schema/time.js';
import { greatest, least } from './exact.js';
import { type ConstantIr, type Ir, type LocalRef, mayBeNull } from './ir.js';
import { asDecimal, failed, literalLeaves, mapLeaves, type Place, rescale } from './operands.js';
import type { FaultSink, Replacement } from './source.js';
import {
  DATE,
  type DecimalType,
  decimalType,
  type EnumType,
  ERROR,
  fitsWide,
  sameEnum,
  TIMESTAMP,
  type Type,
  typePhrase,
} from './types.js';

/** A text literal beside an enum, timestamp or date takes its type; undefined where it cannot (reported). */
export function adopt(ir: Ir, type: Type, faults: FaultSink): Ir | undefined {
  if (type.kind !== 'enum' && type.kind !== 'timestamp' && type.kind !== 'date') return ir;
  if (ir.type.kind !== 'text') return ir;
  const leaves = literalLeaves(ir);
  if (leaves === undefined) return ir;
  let whole = true;
  const changed = mapLeaves(ir, type, (leaf) => {
    if (leaf.type.kind === 'null') return { ...leaf, type };
    const constant = typedLiteral(leaf, type, faults);
    if (constant === undefined) whole = false;
    return constant ?? leaf;
  });
  return whole ? changed : undefined;
}

function typedLiteral(leaf: ConstantIr, type: Type, faults: FaultSink): Ir | undefined {
  const { start, end } = leaf;
  const value = String(leaf.value);
  switch (type.kind) {
    case 'enum': {
      const member = type.members.find(({ name }) => name === value);
      if (member !== undefined) return { op: 'constant', type, value: BigInt(member.number), start, end };
      faults.error(
        'V3309',
        leaf,
        `\`${type.field.path}\` has no member "${value}"`,
        memberAdvice(value, type),
        memberFix(leaf, type, faults),
      );
      return undefined;
    }
    case 'timestamp': {
      const micros = parseTimestamp(value);
      if (micros !== undefined) return { op: 'constant', type: TIMESTAMP, value: BigInt(micros), start, end };
      faults.error('V3312', leaf, `"${value}" is not a timestamp`, 'write RFC 3339 with an offset: "2026-01-31T08:30:00Z"');
      return undefined;
    }
    default: {
      const days = parseDate(value);
      if (days !== undefined) return { op: 'constant', type: DATE, value: BigInt(days), start, end };
      faults.error('V3313', leaf, `"${value}" is not a date`, 'write YYYY-MM-DD: "2026-01-31"');
      return undefined;
    }
  }
}

/** A member that differs in letter case only, in the quotes that are written. */
function memberFix({ value, start, end }: ConstantIr, type: EnumType, faults: FaultSink): Replacement | undefined {
  const lower = String(value).toLowerCase();
  const alike = type.members.filter(({ name }) => name.toLowerCase() === lower);
  const [member] = alike;
  if (alike.length !== 1 || !/^[^"'`\\]*$/.test(member!.name)) return undefined;
  const inside = end - start >= 2 && faults.only(String(value), start + 1, end - 1);
  return inside ? { ...inside, text: member!.name } : undefined;
}

function memberAdvice(value: string, type: EnumType): string {
  const names = type.members.map(({ name }) => name);
  const listed = names
    .slice(0, 12)
    .map((name) => `"${name}"`)
    .join(', ');
  return didYouMean(value, names)?.replaceAll('`', '"') ?? `its members are ${listed}${names.length > 12 ? ', ...' : ''}`;
}

/** What is joined, for the messages. */
export interface JoinPlace extends Place {
  /** "the branches of `?:`" */
  what: string;
}

/**
 * Brings values of which any may be null to one type: decimals to one scale, one width and the interval that holds all, texts to
 * the largest length, null to the type of the others.
 * @returns the values in their order, all of one type; undefined where they have none in common (reported)
 */
export function join(values: readonly Ir[], place: JoinPlace, faults: FaultSink): Ir[] | undefined {
  const present = values.filter(({ type }) => type.kind !== 'null');
  if (present.length === 0) return [...values];
  const wrong = present.find(({ type }) => type.kind === 'object' || type.kind === 'list');
  if (wrong !== undefined) {
    faults.error('V3321', wrong, `${place.what} cannot be ${wrong.type.kind}s`, 'choose between fields, or results of methods');
    return undefined;
  }
  const lead = present.find((ir) => literalLeaves(ir) === undefined) ?? present[0]!;
  const adopted: Ir[] = [];
  for (const value of values) {
    const ir = adopt(value, lead.type, faults);
    if (ir === undefined) return undefined;
    adopted.push(ir);
  }
  const typed = adopted.filter(({ type }) => type.kind !== 'null');
  if (typed.some(({ type }) => type.kind === 'decimal')) return joinDecimals(adopted, lead, place, faults);
  for (const { type, start, end } of typed) {
    if (type.kind === lead.type.kind && (type.kind !== 'enum' || sameEnum(type, lead.type as EnumType))) continue;
    const same = type.kind === 'enum' && lead.type.kind === 'enum' ? ' with other members' : '';
    const message = `${place.what} have different types: ${typePhrase(lead.type)} and ${typePhrase(type)}${same}`;
    faults.error('V3320', { start, end }, message, 'values are never converted; bring them to one type');
    return undefined;
  }
  return adopted.map((ir) => retyped(ir, unionOfTexts(typed, lead.type)));
}

function unionOfTexts(values: readonly Ir[], type: Type): Type {
  if (type.kind !== 'text') return type;
  return { kind: 'text', bytesMax: Math.max(...values.map((ir) => (ir.type.kind === 'text' ? ir.type.bytesMax : 0))) };
}

function retyped(ir: Ir, type: Type): Ir {
  return ir.type.kind === 'null' ? ({ ...ir, type } as Ir) : ir;
}

function joinDecimals(values: readonly Ir[], lead: Ir, place: JoinPlace, faults: FaultSink): Ir[] | undefined {
  const decimal = values.find(({ type }) => type.kind === 'decimal')!;
  const other = values.find(({ type }) => type.kind !== 'decimal' && type.kind !== 'number' && type.kind !== 'null');
  if (other !== undefined) {
    const message = `${place.what} have different types: ${typePhrase(lead.type)} and ${typePhrase(other.type)}`;
    faults.error('V3320', other, message, 'values are never converted; bring them to one type');
    return undefined;
  }
  const decimals: (Ir & { type: DecimalType })[] = [];
  for (const value of values) {
    if (value.type.kind === 'null') continue;
    const taken = asDecimal(value, decimal, faults);
    if (taken === undefined) return undefined;
    decimals.push(taken);
  }
  const scale = Math.max(...decimals.map(({ type }) => type.scale));
  const scaled = decimals.map((ir) => atScale(ir, scale));
  const type = unionOf(scaled.map((ir) => ir.type));
  if (!fitsWide(type)) {
    faults.error('V3307', place, 'the result may not fit 128 bits', 'narrow `minimum` and `maximum` of its fields in the model');
    return undefined;
  }
  let next = 0;
  return values.map((value) => (value.type.kind === 'null' ? ({ ...value, type } as Ir) : widened(scaled[next++]!, type)));
}

/** A decimal, or one that may be null, at a larger scale. */
function atScale(ir: Ir & { type: DecimalType }, scale: number): Ir & { type: DecimalType } {
  return ir.type.scale === scale ? ir : wherePresent(ir, (value) => rescale(value, scale));
}

/** What is made of a value where it is not null, and null where it is. */
function wherePresent(
  ir: Ir & { type: DecimalType },
  change: (value: Ir & { type: DecimalType }) => Ir & { type: DecimalType },
): Ir & { type: DecimalType } {
  if (!mayBeNull(ir)) return change(ir);
  const { start, end, type } = ir;
  const local: LocalRef = { name: '', type };
  const body = change({ op: 'local', type, local, start, end });
  return { op: 'let', type: body.type, local, value: ir, body, optional: true, start, end };
}

/** The smallest decimal type that holds all of some, which have one scale. */
export function unionOf(types: readonly DecimalType[]): DecimalType {
  const low = least(types.map((type) => type.low));
  const high = greatest(types.map((type) => type.high));
  return decimalType(
    types[0]!.scale,
    low,
    high,
    types.some(({ wide }) => wide),
  );
}

/** A decimal in a pair of registers where the type is; a constant takes the type as it is. */
export function widened(ir: Ir & { type: DecimalType }, type: DecimalType): Ir & { type: DecimalType } {
  if (ir.type.wide || !type.wide) return ir;
  const wide = { ...ir.type, wide: true };
  if (ir.op === 'constant') return { ...ir, type: wide };
  return wherePresent(ir, (value) => ({ op: 'rescale', type: wide, operand: value, digits: 0, start: ir.start, end: ir.end }));
}

/** What stands for a failed join: the type of the values where it is known without doubt. */
export function failedJoin(values: readonly Ir[], place: Place): Ir {
  const certain = values.find((ir) => ir.type.kind !== 'error' && ir.type.kind !== 'null' && literalLeaves(ir) === undefined);
  return failed(certain?.type ?? ERROR, place);
}

/** The type that holds each of some values that have been joined. */
export function joinedType(values: readonly Ir[]): Type {
  const decimals = values.flatMap(({ type }) => (type.kind === 'decimal' ? [type] : []));
  if (decimals.length > 0) return unionOf(decimals);
  return unionOfTexts(values, values[0]!.type);
}
