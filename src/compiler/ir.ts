// The typed intermediate form of an expression. Every operand that an operator takes is known not to be null; null is asked for
// by `is-null` alone. Trees are never changed, passes make new ones.

import type { Field } from '../schema/model.js';
import type { DecimalType, TextType, Type } from './types.js';

/** Place in the expression's text. */
interface Place {
  start: number;
  end: number;
}

/** The exact value of a number literal or of `+ - *` among literals: value / 10^scale. */
export interface Exact {
  value: bigint;
  scale: number;
}

/** Value in register form: enum members by number, decimals scaled, timestamps in microseconds, dates in days. */
export type ConstantValue = boolean | number | bigint | string | null;

export interface ConstantIr extends Place {
  op: 'constant';
  type: Type;
  value: ConstantValue;
  exact?: Exact;
}

export interface FieldIr extends Place {
  op: 'field';
  type: Type;
  field: Field;
  /** May be null here. */
  nullable: boolean;
}

export interface NowIr extends Place {
  op: 'now';
  type: Type;
}

export interface NotIr extends Place {
  op: 'not';
  type: Type;
  operand: Ir;
}

/** `&&` or `||` of two or more booleans, evaluated from the left as far as needed. */
export interface LogicIr extends Place {
  op: 'and' | 'or';
  type: Type;
  operands: Ir[];
}

export interface IsNullIr extends Place {
  op: 'is-null';
  type: Type;
  operand: FieldIr;
}

export type Relation = '<' | '<=' | '>' | '>=' | '===' | '!==';

/** Both operands have one type; decimals one scale. Booleans and enums only with `===` and `!==`. */
export interface CompareIr extends Place {
  op: 'compare';
  type: Type;
  relation: Relation;
  left: Ir;
  right: Ir;
}

export interface NegateIr extends Place {
  op: 'negate';
  type: Type;
  operand: Ir;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

/** On two numbers, or (`+ - *`) on two decimals; the operands of `+` and `-` have one scale. */
export interface ArithmeticIr extends Place {
  op: 'arithmetic';
  type: Type;
  operator: ArithmeticOperator;
  left: Ir;
  right: Ir;
}

export interface ConcatIr extends Place {
  op: 'concat';
  type: TextType;
  left: Ir;
  right: Ir;
}

/** A decimal at a larger scale: times 10^digits. */
export interface RescaleIr extends Place {
  op: 'rescale';
  type: DecimalType;
  operand: Ir;
  digits: number;
}

/** What has been reported; never reaches the passes. */
export interface ErrorIr extends Place {
  op: 'error';
  type: Type;
}

export type Ir =
  | ConstantIr
  | FieldIr
  | NowIr
  | NotIr
  | LogicIr
  | IsNullIr
  | CompareIr
  | NegateIr
  | ArithmeticIr
  | ConcatIr
  | RescaleIr
  | ErrorIr;

/** The direct operands of a node. */
export function operandsOf(ir: Ir): readonly Ir[] {
  switch (ir.op) {
    case 'not':
    case 'is-null':
    case 'negate':
    case 'rescale':
      return [ir.operand];
    case 'and':
    case 'or':
      return ir.operands;
    case 'compare':
    case 'arithmetic':
    case 'concat':
      return [ir.left, ir.right];
    default:
      return [];
  }
}

/** Visits a node and everything below it, parents first. */
export function visit(ir: Ir, visitor: (node: Ir) => void): void {
  visitor(ir);
  for (const operand of operandsOf(ir)) visit(operand, visitor);
}

const SWAPPED: Readonly<Record<Relation, Relation>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '===': '===', '!==': '!==' };

/** The relation with its operands exchanged. */
export function swapRelation(relation: Relation): Relation {
  return SWAPPED[relation];
}
