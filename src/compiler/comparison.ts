// Types of `< <= > >= === !==`: both sides are brought to one type, literals take the type of their neighbour, null is asked for.

import { didYouMean } from '../diagnostic/suggest.js';
import { parseDate, parseTimestamp } from '../schema/time.js';
import { compare } from './bounds.js';
import type { EsNode } from './estree.js';
import type { ConstantIr, FieldIr, Ir, Relation } from './ir.js';
import { bothDecimal, failed, type Place, requireValue } from './operands.js';
import type { FaultSink } from './source.js';
import { BOOLEAN, DATE, sameEnum, TIMESTAMP, type Type, typePhrase } from './types.js';

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

function constant(value: boolean, { start, end }: Place): Ir {
  return { op: 'constant', type: BOOLEAN, value, start, end };
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
