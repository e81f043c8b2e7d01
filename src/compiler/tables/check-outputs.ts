// The output cells of a table: values of one type a column.

import type { ProfileName } from '../../bundle/bundle.js';
import { type ScalarText, trimmed } from '../../bundle/scalar-text.js';
import type { TableOutput } from '../../bundle/tables.js';
import type { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { checkInScope } from '../checker.js';
import { powerOfTen } from '../exact.js';
import { type Ir, mayBeNull } from '../ir.js';
import { adopt, join, unionOf, widened } from '../join.js';
import { decimalConstant } from '../operands.js';
import { fold } from '../passes/fold.js';
import type { FeatureRef, Scope } from '../scope.js';
import { FaultSink } from '../source.js';
import { type DecimalType, decimalType, fitsWide, sameEnum, type Type, typePhrase } from '../types.js';
import { Operand } from './cell-syntax.js';
import { isWord, literalOf, namedIn, textConstant } from './check-cell.js';
import { declaredType } from './output-type.js';

export interface CheckedOutput {
  output: TableOutput;
  type: Type;
  /** One for each row; undefined where the row gives none. All of one type. */
  values: (Ir | undefined)[];
  default?: Ir;
  /** Place of each row's value in the declared order, where there is one; undefined for values that are expressions. */
  priorities?: (number | undefined)[];
}

/** Columns that take part in deciding. */
export const DECIDING_OUTPUTS = ['score', 'outcome', 'reason'];

const OUTCOMES = ['approve', 'review', 'decline'];
const REASON = /^[A-Z][A-Z0-9_]{0,63}$/;

export interface OutputContext {
  table: string;
  scope: Scope;
  profile: ProfileName;
  bag: DiagnosticBag;
}

interface Value {
  source: ScalarText;
  ir: Ir;
}

/**
 * Checks one output column.
 * @returns undefined where it has faults (reported)
 */
export function checkOutput(
  context: OutputContext,
  output: TableOutput,
  cells: readonly (ScalarText | undefined)[],
): CheckedOutput | undefined {
  const { table, scope, bag } = context;
  const path = `${table}.${output.name}`;
  const declared = output.type === undefined ? undefined : declaredType(output.type, path, output.typeSpan, scope.model, bag);
  if (declared?.kind === 'error') return undefined;
  const known = new Map<string, Value>();
  let good = true;
  const read = (cell: ScalarText | undefined): Value | undefined => {
    if (cell === undefined) return undefined;
    const source = trimmed(cell);
    if (source.text === '' || source.text === '-' || source.text === 'null') return undefined;
    const before = known.get(source.text);
    if (before !== undefined) return before;
    const ir = readValue(context, source, declared);
    if (ir === undefined || ir.type.kind === 'error' || !checkDeciding(output.name, source, ir, bag)) {
      good = false;
      return undefined;
    }
    const value = { source, ir };
    known.set(source.text, value);
    return value;
  };
  const found = cells.map(read);
  const otherwise = read(output.default);
  const order = output.values?.map(read);
  if (!good) return undefined;

  const distinct = [...known.values()];
  const type = declared ?? typeOfAll(distinct, path, bag);
  if (type === undefined) return undefined;
  const settled = new Map<Value, Ir>();
  for (const value of distinct) {
    const ir = settle(value, type, path, bag);
    if (ir === undefined) good = false;
    else settled.set(value, ir);
  }
  if (!good) return undefined;
  const whole = unionType(type, [...settled.values()]);
  if (whole.kind === 'decimal' && !fitsWide(whole)) {
    bag.error(
      'V3307',
      output.nameSpan,
      `the values of \`${path}\` may not fit 128 bits`,
      'give the fields in them a `minimum` and a `maximum`',
    );
    return undefined;
  }
  const settledOf = (value: Value | undefined): Ir | undefined => {
    const ir = value === undefined ? undefined : settled.get(value);
    return ir?.type.kind === 'decimal' && whole.kind === 'decimal' ? widened(ir as Ir & { type: DecimalType }, whole) : ir;
  };
  return {
    output,
    type: whole,
    values: found.map(settledOf),
    ...(otherwise === undefined ? {} : { default: settledOf(otherwise)! }),
    ...(order === undefined ? {} : { priorities: prioritiesOf(found, order, path, settled, bag) }),
  };
}

/** A value as it stands in its cell; undefined where it has faults (reported). */
function readValue(context: OutputContext, source: ScalarText, declared: Type | undefined): Ir | undefined {
  const { scope, profile, bag } = context;
  const { text } = source;
  const literal = literalOf(text);
  if (literal !== undefined) return literal;
  if (declared?.kind === 'enum' && declared.members.some(({ name }) => name === text)) return textConstant(text, text.length);
  const mayBeText = declared === undefined || declared.kind === 'text' || declared.kind === 'enum';
  if (mayBeText && isWord(text)) {
    const name = namedIn(text, scope);
    if (name === undefined) return textConstant(text, text.length);
    if (declared?.kind === 'text') {
      const advice = `write \`"${text}"\` for the text, or \`(${text})\` for what it names`;
      bag.error('V4113', source.span, `\`${text}\` may be a text, or what \`${name}\` names`, advice);
      return undefined;
    }
  }
  const root = new Operand(source).parse(profile, bag);
  if (root === undefined) return undefined;
  const faults = new FaultSink(source, bag);
  const ir = checkInScope(root, scope, new Map(), faults, profile);
  return faults.hasErrors ? undefined : fold(ir, faults);
}

/** Reports a value of a deciding column that is not known when the bundle is published, or is none. */
function checkDeciding(name: string, source: ScalarText, ir: Ir, bag: DiagnosticBag): boolean {
  if (!DECIDING_OUTPUTS.includes(name)) return true;
  if (ir.op !== 'constant') {
    const advice = 'write a literal, or give the column another name';
    bag.error('V4108', source.span, `\`${name}\` decides, and must be known when the bundle is published`, advice);
    return false;
  }
  if (name === 'score' ? typeof ir.value === 'number' && Number.isFinite(ir.value) : typeof ir.value === 'string') {
    if (name === 'outcome' && !OUTCOMES.includes(ir.value as string)) {
      bag.error('V4107', source.span, `${JSON.stringify(ir.value)} is no outcome`, 'write approve, review or decline');
      return false;
    }
    if (name === 'reason' && !REASON.test(ir.value as string)) {
      const advice = 'use capital letters, digits and `_`, beginning with a letter';
      bag.error('V4107', source.span, `${JSON.stringify(ir.value)} is no reason code`, advice);
      return false;
    }
    return true;
  }
  bag.error('V4107', source.span, `\`${name}\` is ${name === 'score' ? 'a number' : 'a text'}, and this is ${typePhrase(ir.type)}`);
  return false;
}

/** The type that all values have; a number where there are none. Undefined where they have none in common (reported). */
function typeOfAll(values: readonly Value[], path: string, bag: DiagnosticBag): Type | undefined {
  let type: Type | undefined;
  const expressions = values.filter(({ ir }) => ir.op !== 'constant');
  const rest = values.filter(({ ir }) => ir.op === 'constant');
  for (const { source, ir } of [...expressions, ...rest]) {
    if (ir.type.kind === 'null') continue;
    if (type === undefined) {
      type = ir.type;
      if (type.kind === 'object' || type.kind === 'list') {
        bag.error('V4107', source.span, `\`${path}\` cannot be ${typePhrase(type)}`, 'name fields, or results of methods');
        return undefined;
      }
      continue;
    }
    const faults = new FaultSink(source, bag);
    const joined: Ir[] | undefined = join([prototypeOf(type), ir], placeOf(source, path), faults);
    if (joined === undefined) return undefined;
    type = joined[1]!.type.kind === 'decimal' || joined[1]!.type.kind === 'text' ? unionType(joined[0]!.type, [joined[1]!]) : type;
  }
  return type ?? { kind: 'number' };
}

/** Stands for the values of a column where another one joins them. */
export function prototypeOf(type: Type): Ir {
  const feature: FeatureRef = { name: '', type, nullable: false };
  return { op: 'feature', type, feature, nullable: false, start: 0, end: 0 };
}

export function placeOf(source: ScalarText, path: string): { what: string; start: number; end: number } {
  return { what: `the values of \`${path}\``, start: 0, end: source.text.length };
}

/** A value in the type of its column; undefined where it cannot be (reported). */
function settle({ source, ir }: Value, type: Type, path: string, bag: DiagnosticBag): Ir | undefined {
  const faults = new FaultSink(source, bag);
  const adopted = adopt(ir, type, faults);
  if (adopted === undefined) return undefined;
  if (type.kind === 'decimal') return settleDecimal({ source, ir: adopted }, type, path, bag);
  const same =
    adopted.type.kind === type.kind && (adopted.type.kind !== 'enum' || type.kind !== 'enum' || sameEnum(adopted.type, type));
  if (same) return adopted;
  const bare = adopted.op === 'constant' && typeof adopted.value === 'string' && literalOf(adopted.value)?.type.kind === type.kind;
  const advice = bare ? `remove the quotes: \`${(adopted as { value: string }).value}\`` : 'values are never converted';
  bag.error('V4107', source.span, `\`${path}\` is ${typePhrase(type)}, and this is ${typePhrase(adopted.type)}`, advice);
  return undefined;
}

function settleDecimal({ source, ir }: Value, type: DecimalType, path: string, bag: DiagnosticBag): Ir | undefined {
  if (ir.op === 'constant' && ir.exact !== undefined) {
    const { value, scale } = ir.exact;
    if (scale <= type.scale) return decimalConstant(value * powerOfTen(type.scale - scale), type.scale, ir);
    bag.error(
      'V4107',
      source.span,
      `${source.text} has more than ${type.scale} digits after the point`,
      `round it, or declare \`{ decimal: ${scale} }\``,
    );
    return undefined;
  }
  if (ir.type.kind !== 'decimal') {
    const advice =
      ir.type.kind === 'number'
        ? `write \`toDecimal(..., ${type.scale}, "half-even")\`, or declare the column as number`
        : 'values are never converted';
    bag.error('V4107', source.span, `\`${path}\` is ${typePhrase(type)}, and this is ${typePhrase(ir.type)}`, advice);
    return undefined;
  }
  if (ir.type.scale <= type.scale) {
    return join([prototypeOf(decimalType(type.scale, 0n, 0n)), ir], placeOf(source, path), new FaultSink(source, bag))?.[1];
  }
  const advice = `write \`round(${source.text}, ${type.scale}, "half-even")\`, or declare \`{ decimal: ${ir.type.scale} }\``;
  bag.error('V4107', source.span, `\`${path}\` has ${type.scale} digits after the point, and this ${ir.type.scale}`, advice);
  return undefined;
}

/** The smallest type that holds all values, which are of one kind and scale. */
export function unionType(type: Type, values: readonly Ir[]): Type {
  if (type.kind === 'text') {
    const bytes = values.map((ir) => (ir.type.kind === 'text' ? ir.type.bytesMax : 0));
    return { kind: 'text', bytesMax: bytes.reduce((a, b) => Math.max(a, b), type.bytesMax) };
  }
  const decimals = values.map((ir) => ir.type).filter((found): found is DecimalType => found.kind === 'decimal');
  if (type.kind !== 'decimal' || decimals.length === 0) return type;
  return unionOf(decimals);
}

/** True where a value may be null. */
export function isNullableValue(ir: Ir | undefined): boolean {
  return ir === undefined || mayBeNull(ir);
}

/** The type of a sum of some of the values. */
export function sumType(type: DecimalType, values: readonly (Ir | undefined)[]): DecimalType {
  let [low, high] = [0n, 0n];
  for (const value of values) {
    if (value?.type.kind !== 'decimal') continue;
    if (value.type.low < 0n) low += value.type.low;
    if (value.type.high > 0n) high += value.type.high;
  }
  return decimalType(type.scale, low, high);
}

/** Places of values in the declared order; a literal that is not in it is reported. */
function prioritiesOf(
  found: readonly (Value | undefined)[],
  order: readonly (Value | undefined)[],
  path: string,
  settled: ReadonlyMap<Value, Ir>,
  bag: DiagnosticBag,
): (number | undefined)[] {
  const key = (value: Value): string => {
    const ir = settled.get(value)!;
    return ir.op === 'constant' ? `${typeof ir.value} ${String(ir.value)}` : `expression ${value.source.text}`;
  };
  const places = new Map<string, number>();
  for (const [index, value] of order.entries()) {
    if (value !== undefined && !places.has(key(value))) places.set(key(value), index);
  }
  return found.map((value) => {
    if (value === undefined) return undefined;
    const place = places.get(key(value));
    if (place === undefined && settled.get(value)!.op === 'constant') {
      const message = `${value.source.text} is not among the \`values\` of \`${path}\``;
      bag.error('V4111', value.source.span, message, 'add it, at the place of its importance');
    }
    return place;
  });
}
