// Types of the binary operators: what each takes, what it gives, and how literals take the type of their neighbour.

import { didYouMean } from '../diagnostic/suggest.js';
import { parseDate, parseTimestamp } from '../schema/time.js';
import type { EsNode } from './estree.js';
import { arithmeticType, exactArithmetic, floorAtScale, powerOfTen, rescaledType } from './exact.js';
import { type ArithmeticOperator, type ConstantIr, type FieldIr, type Ir, type Relation, visit } from './ir.js';
import type { FaultSink } from './source.js';
import {
  BOOLEAN,
  DATE,
  type DecimalType,
  decimalType,
  ERROR,
  fitsWide,
  NUMBER,
  sameEnum,
  TIMESTAMP,
  type Type,
  typePhrase,
} from './types.js';

interface Place {
  start: number;
  end: number;
}

function failed(type: Type, { start, end }: Place): Ir {
  return { op: 'error', type, start, end };
}

function constant(value: boolean, { start, end }: Place): Ir {
  return { op: 'constant', type: BOOLEAN, value, start, end };
}

function isDecimal(ir: Ir): ir is Ir & { type: DecimalType } {
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
function rescale(ir: Ir & { type: DecimalType }, scale: number): Ir & { type: DecimalType } {
  const digits = scale - ir.type.scale;
  if (digits === 0) return ir;
  const { start, end } = ir;
  if (ir.op === 'constant') return decimalConstant((ir.value as bigint) * powerOfTen(digits), scale, ir);
  return { op: 'rescale', type: rescaledType(ir.type, digits), operand: ir, digits, start, end };
}

function decimalConstant(value: bigint, scale: number, { start, end }: Place): ConstantIr & { type: DecimalType } {
  return { op: 'constant', type: decimalType(scale, value, value), value, start, end };
}

/** Names the fields whose bounds would make a decimal fit. */
function reportTooWide(ir: Ir, faults: FaultSink): void {
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
function bothDecimal(left: Ir, right: Ir, faults: FaultSink): [Ir & { type: DecimalType }, Ir & { type: DecimalType }] | undefined {
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

/** Types `+ - * / %`. */
export function checkArithmetic(operator: ArithmeticOperator, left: Ir, right: Ir, node: EsNode, faults: FaultSink): Ir {
  const { start, end } = node;
  if (left.type.kind === 'error' || right.type.kind === 'error') return failed(ERROR, node);
  const kinds = [left.type.kind, right.type.kind];
  if (operator === '+' && kinds.includes('text')) return checkConcat(left, right, node, faults);
  const wrong = [left, right].filter(({ type }) => type.kind !== 'number' && type.kind !== 'decimal');
  for (const operand of wrong) {
    const code = operand.type.kind === 'null' ? 'V3317' : 'V3301';
    faults.error(
      code,
      operand,
      `\`${operator}\` takes numbers, and this is ${typePhrase(operand.type)}`,
      arithmeticAdvice(operand.type),
    );
  }
  if (wrong.length > 0) return failed(ERROR, node);

  const a = requireValue(left, faults);
  const b = requireValue(right, faults);
  if (!kinds.includes('decimal')) {
    const exact =
      a.op === 'constant' && b.op === 'constant' && a.exact !== undefined && b.exact !== undefined
        ? exactArithmetic(operator, a.exact, b.exact)
        : undefined;
    if (exact === undefined) return { op: 'arithmetic', type: NUMBER, operator, left: a, right: b, start, end };
    const value = numberArithmetic(operator, (a as ConstantIr).value as number, (b as ConstantIr).value as number);
    return { op: 'constant', type: NUMBER, value, exact, start, end };
  }

  if (operator === '/' || operator === '%') {
    const advice = operator === '/' ? 'multiply the other side instead: `a / b > 2` is `a > b * 2` for b above 0' : undefined;
    faults.error('V3306', node, `\`${operator}\` on decimals needs a rounding, which the profile \`strict\` does not have`, advice);
    return failed(ERROR, node);
  }
  const pair = bothDecimal(a, b, faults);
  if (pair === undefined) return failed(ERROR, node);
  const scale = operator === '*' ? undefined : Math.max(pair[0].type.scale, pair[1].type.scale);
  const x = scale === undefined ? pair[0] : rescale(pair[0], scale);
  const y = scale === undefined ? pair[1] : rescale(pair[1], scale);
  const ir: Ir & { type: DecimalType } = {
    op: 'arithmetic',
    type: arithmeticType(operator, x.type, y.type),
    operator,
    left: x,
    right: y,
    start,
    end,
  };
  if ([x.type, y.type, ir.type].every(fitsWide)) return ir;
  reportTooWide(ir, faults);
  return failed(ERROR, node);
}

/** JavaScript's arithmetic on numbers. */
export function numberArithmetic(operator: ArithmeticOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
  }
}

function arithmeticAdvice(type: Type): string | undefined {
  if (type.kind === 'timestamp' || type.kind === 'date') return 'timestamps and dates can be compared, not computed with';
  if (type.kind === 'text') return 'declare the field as a number in the model, or remove the quotes of a literal';
  return undefined;
}

function checkConcat(left: Ir, right: Ir, node: EsNode, faults: FaultSink): Ir {
  const { start, end } = node;
  const wrong = [left, right].filter(({ type }) => type.kind !== 'text');
  for (const operand of wrong) {
    const advice = operand.type.kind === 'number' ? 'to add numbers, remove the quotes of the text' : undefined;
    faults.error('V3314', operand, `a text is joined with ${typePhrase(operand.type)}`, advice);
  }
  const a = requireValue(left, faults);
  const b = requireValue(right, faults);
  if (a.type.kind !== 'text' || b.type.kind !== 'text') return failed(ERROR, node);
  return { op: 'concat', type: { kind: 'text', bytesMax: a.type.bytesMax + b.type.bytesMax }, left: a, right: b, start, end };
}

/** Types `< <= > >=`. */
export function checkOrder(relation: Relation, left: Ir, right: Ir, node: EsNode, faults: FaultSink): Ir {
  if (left.type.kind === 'error' || right.type.kind === 'error') return failed(BOOLEAN, node);
  const nulls = [left, right].filter(({ type }) => type.kind === 'null');
  for (const operand of nulls) faults.error('V3317', operand, `\`${relation}\` does not take null`, 'ask for null with `=== null`');
  if (nulls.length > 0) return failed(BOOLEAN, node);
  const pair = unify(requireValue(left, faults), requireValue(right, faults), node, faults);
  if (pair === undefined) return failed(BOOLEAN, node);
  const { kind } = pair[0].type;
  if (kind === 'boolean' || kind === 'enum') {
    const advice = kind === 'enum' ? 'compare members with `===`' : 'join booleans with `&&`, `||` and `!`';
    faults.error('V3310', node, `${kind === 'enum' ? 'members of an enum' : 'booleans'} have no order`, advice);
    return failed(BOOLEAN, node);
  }
  return compare(relation, pair[0], pair[1], node, faults);
}

/** Types `===` and `!==`; null is a value like others here. */
export function checkEquality(relation: '===' | '!==', left: Ir, right: Ir, node: EsNode, faults: FaultSink): Ir {
  const { start, end } = node;
  if (left.type.kind === 'error' || right.type.kind === 'error') return failed(BOOLEAN, node);
  const negated = relation === '!==';
  if (left.type.kind === 'null' || right.type.kind === 'null') {
    const equal = equalsNull(left.type.kind === 'null' ? right : left, node, faults);
    return negated ? { op: 'not', type: BOOLEAN, operand: equal, start, end } : equal;
  }
  const a: Ir = left.op === 'field' ? { ...left, nullable: false } : left;
  const b: Ir = right.op === 'field' ? { ...right, nullable: false } : right;
  const pair = unify(a, b, node, faults);
  if (pair === undefined) return failed(BOOLEAN, node);

  // A nullable operand is a field, so that naming it twice costs nothing.
  const nullLeft = left.op === 'field' && left.nullable ? isNull(left, node) : undefined;
  const nullRight = right.op === 'field' && right.nullable ? isNull(right, node) : undefined;
  if (nullLeft === undefined && nullRight === undefined) return compare(relation, pair[0], pair[1], node, faults);
  const not = (operand: Ir): Ir => ({ op: 'not', type: BOOLEAN, operand, start, end });
  const present = [nullLeft, nullRight].filter((test) => test !== undefined).map(not);
  const equalValues: Ir = {
    op: 'and',
    type: BOOLEAN,
    operands: [...present, compare('===', pair[0], pair[1], node, faults)],
    start,
    end,
  };
  const equal: Ir =
    nullLeft === undefined || nullRight === undefined
      ? equalValues
      : {
          op: 'or',
          type: BOOLEAN,
          operands: [{ op: 'and', type: BOOLEAN, operands: [nullLeft, nullRight], start, end }, equalValues],
          start,
          end,
        };
  return negated ? not(equal) : equal;
}

function isNull(field: FieldIr, { start, end }: Place): Ir {
  return { op: 'is-null', type: BOOLEAN, operand: field, start, end };
}

function equalsNull(operand: Ir, node: Place, faults: FaultSink): Ir {
  if (operand.op === 'field' && operand.nullable) return isNull(operand, node);
  if (operand.type.kind === 'null') return constant(true, node);
  const what = operand.op === 'field' ? `\`${operand.field.path}\`` : 'this';
  faults.warning('V3402', operand, `${what} is never null here`, 'remove the test');
  return constant(false, node);
}

/** Brings two operands that are not null to one type; undefined where they have none in common (reported). */
function unify(left: Ir, right: Ir, node: EsNode, faults: FaultSink): [Ir, Ir] | undefined {
  const a = adopt(left, right.type, faults);
  const b = adopt(right, left.type, faults);
  if (a === undefined || b === undefined) return undefined;
  const kinds = [a.type.kind, b.type.kind];
  if (kinds.includes('object')) {
    faults.error('V3315', node, 'objects can only be compared with null', 'compare their fields');
    return undefined;
  }
  if (kinds.includes('decimal') && kinds.every((kind) => kind === 'decimal' || kind === 'number')) return bothDecimal(a, b, faults);
  if (a.type.kind !== b.type.kind) {
    const message = `${typePhrase(left.type)} is compared with ${typePhrase(right.type)}`;
    faults.error('V3302', node, message, comparisonAdvice(left, right));
    return undefined;
  }
  if (a.type.kind === 'enum' && b.type.kind === 'enum' && !sameEnum(a.type, b.type)) {
    faults.error(
      'V3311',
      node,
      `\`${a.type.field.path}\` and \`${b.type.field.path}\` have different members`,
      'give both one list of members',
    );
    return undefined;
  }
  return [a, b];
}

/** A text literal beside an enum, timestamp or date takes its type; undefined where it cannot (reported). */
function adopt(ir: Ir, type: Type, faults: FaultSink): Ir | undefined {
  if (ir.op !== 'constant' || typeof ir.value !== 'string') return ir;
  const { start, end, value } = ir;
  switch (type.kind) {
    case 'enum': {
      const member = type.members.find(({ name }) => name === value);
      if (member !== undefined) return { op: 'constant', type, value: BigInt(member.number), start, end };
      const names = type.members.map(({ name }) => name);
      const listed = names
        .slice(0, 12)
        .map((name) => `"${name}"`)
        .join(', ');
      const advice =
        didYouMean(value, names)?.replaceAll('`', '"') ?? `its members are ${listed}${names.length > 12 ? ', ...' : ''}`;
      faults.error('V3309', ir, `\`${type.field.path}\` has no member "${value}"`, advice);
      return undefined;
    }
    case 'timestamp': {
      const micros = parseTimestamp(value);
      if (micros !== undefined) return { op: 'constant', type: TIMESTAMP, value: BigInt(micros), start, end };
      faults.error('V3312', ir, `"${value}" is not a timestamp`, 'write RFC 3339 with an offset: "2026-01-31T08:30:00Z"');
      return undefined;
    }
    case 'date': {
      const days = parseDate(value);
      if (days !== undefined) return { op: 'constant', type: DATE, value: BigInt(days), start, end };
      faults.error('V3313', ir, `"${value}" is not a date`, 'write YYYY-MM-DD: "2026-01-31"');
      return undefined;
    }
    default:
      return ir;
  }
}

function comparisonAdvice(left: Ir, right: Ir): string | undefined {
  const literal = [left, right].find((ir): ir is ConstantIr => ir.op === 'constant' && typeof ir.value === 'string');
  const kinds = [left.type.kind, right.type.kind];
  if (
    literal !== undefined &&
    (kinds.includes('number') || kinds.includes('decimal')) &&
    /^-?\d+(\.\d+)?$/.test(String(literal.value))
  ) {
    return `remove the quotes: \`${literal.value}\``;
  }
  if (literal !== undefined && kinds.includes('boolean') && /^(true|false)$/.test(String(literal.value))) {
    return `remove the quotes: \`${literal.value}\``;
  }
  if (kinds.includes('timestamp') && kinds.includes('date')) return 'declare both in the model with one format';
  return 'values are never converted; declare both in the model with one type';
}

const SWAPPED: Readonly<Record<Relation, Relation>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '===': '===', '!==': '!==' };

/** The relation with its operands exchanged. */
export function swapRelation(relation: Relation): Relation {
  return SWAPPED[relation];
}

function compare(relation: Relation, left: Ir, right: Ir, node: EsNode, faults: FaultSink): Ir {
  const { start, end } = node;
  if (isDecimal(left) && isDecimal(right)) return compareDecimals(relation, left, right, node, faults);
  warnOutOfBounds(relation, left, right, node, faults);
  return { op: 'compare', type: BOOLEAN, relation, left, right, start, end };
}

function compareDecimals(
  relation: Relation,
  left: Ir & { type: DecimalType },
  right: Ir & { type: DecimalType },
  node: EsNode,
  faults: FaultSink,
): Ir {
  const { start, end } = node;
  if (left.op === 'constant' && right.op !== 'constant') return compareDecimals(swapRelation(relation), right, left, node, faults);
  let other = right;
  let test = relation;
  if (right.op === 'constant' && right.type.scale > left.type.scale) {
    // The constant lies between two values of the left side: x < 1.5 is x <= 1, x >= 1.5 is x > 1, and nothing is equal to it.
    const { floor, whole } = floorAtScale({ value: right.value as bigint, scale: right.type.scale }, left.type.scale);
    if (!whole) {
      if (relation === '===' || relation === '!==') return always(relation === '!==', left, node, faults);
      test = relation === '<' || relation === '<=' ? '<=' : '>';
    }
    other = decimalConstant(floor, left.type.scale, right);
  }
  const scale = Math.max(left.type.scale, other.type.scale);
  const a = rescale(left, scale);
  const b = rescale(other, scale);
  const known = knownResult(test, a.type, b.type);
  if (known !== undefined) return always(known, left, node, faults);
  if (!fitsWide(a.type) || !fitsWide(b.type)) {
    reportTooWide(fitsWide(a.type) ? b : a, faults);
    return failed(BOOLEAN, node);
  }
  return { op: 'compare', type: BOOLEAN, relation: test, left: a, right: b, start, end };
}

interface Interval {
  low: bigint | number;
  high: bigint | number;
}

/** The result that every pair of values out of two intervals gives, undefined where pairs differ. */
function knownResult(relation: Relation, a: Interval, b: Interval): boolean | undefined {
  const below = a.high < b.low;
  const above = a.low > b.high;
  switch (relation) {
    case '<':
      return below ? true : a.low >= b.high ? false : undefined;
    case '<=':
      return a.high <= b.low ? true : above ? false : undefined;
    case '>':
      return above ? true : a.high <= b.low ? false : undefined;
    case '>=':
      return a.low >= b.high ? true : below ? false : undefined;
    case '===':
      return below || above ? false : a.low === a.high && b.low === b.high ? true : undefined;
    case '!==':
      return below || above ? true : a.low === a.high && b.low === b.high ? false : undefined;
  }
}

function always(value: boolean, left: Ir, node: EsNode, faults: FaultSink): Ir {
  faults.warning('V3401', node, `this is always ${value}${boundsPhrase(left)}`, 'correct the value, or remove the comparison');
  return constant(value, node);
}

function boundsPhrase(ir: Ir): string {
  if (ir.op !== 'field') return '';
  const { path, minimum, maximum, scale } = ir.field;
  if (minimum === undefined && maximum === undefined)
    return isDecimal(ir) ? `: \`${path}\` has ${scale ?? 0} digits after the point in 64 bits` : '';
  const text = (bound: bigint | number): string => (typeof bound === 'bigint' ? decimalText(bound, scale ?? 0) : String(bound));
  if (minimum === undefined) return `: \`${path}\` is at most ${text(maximum!)}`;
  if (maximum === undefined) return `: \`${path}\` is at least ${text(minimum)}`;
  return `: \`${path}\` lies between ${text(minimum)} and ${text(maximum)}`;
}

function decimalText(scaled: bigint, scale: number): string {
  if (scale === 0) return String(scaled);
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(scale + 1, '0');
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Warns of a number field compared with a literal that its bounds exclude. The comparison itself is kept. */
function warnOutOfBounds(relation: Relation, left: Ir, right: Ir, node: EsNode, faults: FaultSink): void {
  if (left.op === 'constant' && right.op === 'field') {
    warnOutOfBounds(swapRelation(relation), right, left, node, faults);
    return;
  }
  if (left.op !== 'field' || left.type.kind !== 'number' || right.op !== 'constant' || typeof right.value !== 'number') return;
  const { minimum, maximum } = left.field;
  if ((minimum === undefined && maximum === undefined) || Number.isNaN(right.value)) return;
  const bounds = { low: Number(minimum ?? -Infinity), high: Number(maximum ?? Infinity) };
  const known = knownResult(relation, bounds, { low: right.value, high: right.value });
  if (known === undefined) return;
  faults.warning('V3401', node, `this is always ${known}${boundsPhrase(left)}`, 'correct the value, or remove the comparison');
}
