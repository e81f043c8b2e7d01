// Names and types: syntax tree -> typed IR. Every fault is reported once, at the place it is about; what depends on a fault has
// the error type and is not reported again. Null is narrowed as TypeScript does: through `&&`, `||`, `!` and tests for null.

import { didYouMean } from '../diagnostic/suggest.js';
import type { Field, Model } from '../schema/model.js';
import { checkArithmetic } from './arithmetic.js';
import { checkEquality, checkOrder } from './comparison.js';
import {
  type BinaryExpression,
  type EsNode,
  type Identifier,
  type Literal,
  type MemberExpression,
  type UnaryExpression,
  unwrap,
} from './estree.js';
import { exactOfLiteral, negatedType } from './exact.js';
import type { ArithmeticOperator, FieldIr, Ir, Relation } from './ir.js';
import { requireValue } from './operands.js';
import type { FaultSink } from './source.js';
import { BOOLEAN, ERROR, NULL, NUMBER, TIMESTAMP, typeOfField, typePhrase, utf8Bytes } from './types.js';
import { refusalOf } from './whitelist.js';

/** Fields known not to be null, by Field.index. */
type Facts = ReadonlySet<number>;

const NO_FACTS: Facts = new Set();

interface Checked {
  ir: Ir;
  /** What is known where the expression is true, and where it is false. */
  whenTrue: Facts;
  whenFalse: Facts;
}

/** The name of the time of the decision. */
export const NOW_NAME = 'now';

/** Names that authors from JavaScript expect to exist. */
const FOREIGN_NAMES: Readonly<Record<string, string>> = {
  undefined: 'write `null`: missing and null are one value',
  NaN: 'write `x !== x` to ask whether x is not a number',
  Infinity: 'write `1 / 0`',
  Math: 'functions need the profile `standard`',
  Date: 'write a timestamp as a text: `at < "2026-01-01T00:00:00Z"`',
  and: 'write `&&` for and',
  or: 'write `||` for or',
  not: 'write `!` for not',
};

/**
 * Checks one expression over the fields of a model and `now`. Faults go into the sink; the IR is to be used only where there
 * were none.
 */
export function checkExpression(root: EsNode, model: Model, faults: FaultSink): Ir {
  return new Checker(model, faults).check(root, NO_FACTS).ir;
}

class Checker {
  readonly #model: Model;
  readonly #faults: FaultSink;
  readonly #fields: readonly ReadonlyMap<string, Field>[];

  constructor(model: Model, faults: FaultSink) {
    this.#model = model;
    this.#faults = faults;
    this.#fields = fieldMaps(model);
  }

  check(outer: EsNode, facts: Facts): Checked {
    const node = unwrap(outer);
    if (refusalOf(node) !== undefined) return this.#refused(node, facts);
    switch (node.type) {
      case 'LogicalExpression':
        return this.#logic(node as BinaryExpression, facts);
      case 'UnaryExpression':
        return this.#unary(node as UnaryExpression, facts);
      case 'BinaryExpression':
        return this.#binary(node as BinaryExpression, facts);
      case 'Identifier':
        return same(this.#identifier(node as Identifier, facts), facts);
      case 'MemberExpression':
        return same(this.#member(node as MemberExpression, facts), facts);
      default:
        return same(this.#literal(node as Literal), facts);
    }
  }

  /** The whitelist has reported the node. Its operands are still checked where their meaning does not depend on it. */
  #refused(node: EsNode, facts: Facts): Checked {
    const known = node.type === 'BinaryExpression' || node.type === 'LogicalExpression';
    if (known) {
      for (const operand of [(node as BinaryExpression).left, (node as BinaryExpression).right]) this.check(operand, facts);
    }
    return same({ op: 'error', type: ERROR, start: node.start, end: node.end }, facts);
  }

  #literal(node: Literal): Ir {
    const { start, end, value, raw } = node;
    if (typeof value === 'string') {
      if (/[\ud800-\udfff]/u.test(value)) {
        this.#faults.error('V3316', node, 'the text has half of a surrogate pair, which no payload can hold');
        return { op: 'error', type: ERROR, start, end };
      }
      return { op: 'constant', type: { kind: 'text', bytesMax: utf8Bytes(value) }, value, start, end };
    }
    if (typeof value === 'number') {
      const exact = exactOfLiteral(raw);
      return { op: 'constant', type: NUMBER, value, ...(exact === undefined ? {} : { exact }), start, end };
    }
    if (typeof value === 'boolean') return { op: 'constant', type: BOOLEAN, value, start, end };
    return { op: 'constant', type: NULL, value: null, start, end };
  }

  #identifier(node: Identifier, facts: Facts): Ir {
    const { name, start, end } = node;
    const field = this.#fields[0]!.get(name);
    if (field !== undefined) return this.#field(field, node, facts);
    if (name === NOW_NAME) return { op: 'now', type: TIMESTAMP, start, end };
    const foreign = Object.hasOwn(FOREIGN_NAMES, name) ? FOREIGN_NAMES[name] : undefined;
    const names = [...this.#fields[0]!.keys(), NOW_NAME];
    const nested = this.#model.fields.find((candidate) => candidate.table !== 0 && candidate.name === name);
    const advice = foreign ?? (nested === undefined ? didYouMean(name, names) : `did you mean \`${nested.path}\`?`);
    this.#faults.error('V3201', node, `\`${name}\` is not a field of the model`, advice);
    return { op: 'error', type: ERROR, start, end };
  }

  #member(node: MemberExpression, facts: Facts): Ir {
    const { start, end, property } = node;
    const object = this.check(node.object, facts).ir;
    const name = (property as Identifier).name;
    if (object.type.kind === 'error') return { op: 'error', type: ERROR, start, end };
    if (object.op !== 'field' || object.type.kind !== 'object') {
      const what = object.op === 'field' ? `\`${object.field.path}\`` : 'this';
      const advice = object.type.kind === 'text' ? 'properties and methods of texts need the profile `standard`' : undefined;
      this.#faults.error('V3203', property, `${what} is ${typePhrase(object.type)} and has no fields`, advice);
      return { op: 'error', type: ERROR, start, end };
    }
    const fields = this.#fields[object.type.table]!;
    const field = fields.get(name);
    if (field === undefined) {
      const advice =
        didYouMean(name, fields.keys()) ?? `its fields are ${[...fields.keys()].map((key) => `\`${key}\``).join(', ')}`;
      this.#faults.error('V3202', property, `\`${object.field.path}\` has no field \`${name}\``, advice);
      return { op: 'error', type: ERROR, start, end };
    }
    if (object.nullable) {
      const { path } = object.field;
      this.#faults.error('V3204', node.object, `\`${path}\` may be null`, `test it first: \`${path} !== null && ...\``);
    }
    return this.#field(field, node, facts);
  }

  #field(field: Field, place: EsNode, facts: Facts): FieldIr {
    const nullable = field.nullable && !facts.has(field.index);
    return { op: 'field', type: typeOfField(field), field, nullable, start: place.start, end: place.end };
  }

  #logic(node: BinaryExpression, facts: Facts): Checked {
    const { operator } = node;
    const parts: EsNode[] = [];
    let left: EsNode = node;
    while (left.type === 'LogicalExpression' && (left as BinaryExpression).operator === operator) {
      parts.unshift((left as BinaryExpression).right);
      left = (left as BinaryExpression).left;
    }
    parts.unshift(left);

    const isAnd = operator === '&&';
    const operands: Ir[] = [];
    let known = facts;
    let common: Facts | undefined;
    for (const part of parts) {
      const checked = this.check(part, known);
      operands.push(this.#requireBoolean(checked.ir, operator));
      known = isAnd ? checked.whenTrue : checked.whenFalse;
      const other = isAnd ? checked.whenFalse : checked.whenTrue;
      common = common === undefined ? other : intersect(common, other);
    }
    const ir: Ir = { op: isAnd ? 'and' : 'or', type: BOOLEAN, operands, start: node.start, end: node.end };
    return isAnd ? { ir, whenTrue: known, whenFalse: common! } : { ir, whenTrue: common!, whenFalse: known };
  }

  #requireBoolean(ir: Ir, operator: string): Ir {
    if (ir.type.kind === 'error') return ir;
    if (ir.type.kind !== 'boolean') {
      const example =
        ir.op === 'field' && ir.nullable ? `write \`${ir.field.path} !== null\` to ask whether it is there` : undefined;
      const advice = example ?? (ir.type.kind === 'number' ? 'compare it, for instance with `!== 0`' : 'write a comparison');
      this.#faults.error('V3303', ir, `\`${operator}\` takes booleans, and this is ${typePhrase(ir.type)}`, advice);
      return { op: 'error', type: BOOLEAN, start: ir.start, end: ir.end };
    }
    if (ir.op === 'field' && ir.nullable) {
      const { path } = ir.field;
      this.#faults.error('V3304', ir, `\`${path}\` may be null`, `write \`${path} === true\``);
      return { ...ir, nullable: false };
    }
    return ir;
  }

  #unary(node: UnaryExpression, facts: Facts): Checked {
    const { start, end } = node;
    const checked = this.check(node.argument, facts);
    if (node.operator === '!') {
      const operand = this.#requireBoolean(checked.ir, '!');
      return { ir: { op: 'not', type: BOOLEAN, operand, start, end }, whenTrue: checked.whenFalse, whenFalse: checked.whenTrue };
    }
    return same(this.#negate(checked.ir, node), facts);
  }

  #negate(ir: Ir, node: UnaryExpression): Ir {
    const { start, end } = node;
    if (ir.type.kind === 'error') return ir;
    if (ir.type.kind !== 'number' && ir.type.kind !== 'decimal') {
      this.#faults.error('V3301', node, `\`-\` takes numbers, and this is ${typePhrase(ir.type)}`);
      return { op: 'error', type: ERROR, start, end };
    }
    const operand = requireValue(ir, this.#faults);
    if (operand.type.kind === 'decimal') return { op: 'negate', type: negatedType(operand.type), operand, start, end };
    if (operand.op === 'constant' && operand.exact !== undefined) {
      const exact = { value: -operand.exact.value, scale: operand.exact.scale };
      return { op: 'constant', type: NUMBER, value: -(operand.value as number), exact, start, end };
    }
    return { op: 'negate', type: NUMBER, operand, start, end };
  }

  #binary(node: BinaryExpression, facts: Facts): Checked {
    const { operator } = node;
    const left = this.check(node.left, facts).ir;
    const right = this.check(node.right, facts).ir;
    switch (operator) {
      case '===':
      case '!==': {
        const ir = checkEquality(operator, left, right, node, this.#faults);
        const whenEqual = equalFacts(left, right, facts, true);
        const whenOther = equalFacts(left, right, facts, false);
        return operator === '==='
          ? { ir, whenTrue: whenEqual, whenFalse: whenOther }
          : { ir, whenTrue: whenOther, whenFalse: whenEqual };
      }
      case '<':
      case '<=':
      case '>':
      case '>=':
        return same(checkOrder(operator as Relation, left, right, node, this.#faults), facts);
      default:
        return same(checkArithmetic(operator as ArithmeticOperator, left, right, node, this.#faults), facts);
    }
  }
}

/**
 * What `left === right` says about null: compared with null, the field is not null where they differ; with a value, where they
 * are equal.
 */
function equalFacts(left: Ir, right: Ir, facts: Facts, equal: boolean): Facts {
  const added = [...provenNotNull(left, right, equal), ...provenNotNull(right, left, equal)];
  return added.length === 0 ? facts : new Set([...facts, ...added]);
}

function provenNotNull(ir: Ir, other: Ir, equal: boolean): number[] {
  if (ir.op !== 'field' || !ir.nullable || other.type.kind === 'error') return [];
  if (other.type.kind === 'null') return equal ? [] : [ir.field.index];
  return equal && !(other.op === 'field' && other.nullable) ? [ir.field.index] : [];
}

function same(ir: Ir, facts: Facts): Checked {
  return { ir, whenTrue: facts, whenFalse: facts };
}

function intersect(a: Facts, b: Facts): Facts {
  return a === b ? a : new Set([...a].filter((index) => b.has(index)));
}

const maps = new WeakMap<Model, readonly ReadonlyMap<string, Field>[]>();

/** For each table its fields by name; made once for a model. */
function fieldMaps(model: Model): readonly ReadonlyMap<string, Field>[] {
  let found = maps.get(model);
  if (found === undefined) {
    found = model.tables.map((table) => new Map(table.fields.map((field) => [field.name, field])));
    maps.set(model, found);
  }
  return found;
}
