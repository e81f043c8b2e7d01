// The typed intermediate form of an expression. Every operand that an operator takes is known not to be null; null is asked for
// by `is-null`, `coalesce` and an optional `let` alone. Trees are never changed, passes make new ones.
//
// A value that may be null is never a register that holds null: its code jumps where there is none. See `mayBeNull`.

import type { FunctionId } from '../../assembly/shared/function.js';
import type { Field } from '../schema/model.js';
import type { FeatureRef, ListRef, ParameterRef } from './scope.js';
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

/** Whether a value is null; its operand may be null. */
export interface IsNullIr extends Place {
  op: 'is-null';
  type: Type;
  operand: Ir;
}

/** A named value that is computed once for a payload: a `let` of the bundle, an output of a table, a score. */
export interface FeatureIr extends Place {
  op: 'feature';
  type: Type;
  feature: FeatureRef;
  /** May be null here. */
  nullable: boolean;
}

/** A name that is bound inside an expression: the parameter of an arrow function, or a value that is used twice. Never null. */
export interface LocalRef {
  /** As written, or '' for one that the compiler made. Each binding is an object of its own. */
  name: string;
  type: Type;
}

export interface LocalIr extends Place {
  op: 'local';
  type: Type;
  local: LocalRef;
}

/** Binds a value and goes on with `body`; an optional one is null where the value is, e.g. `note?.startsWith("x")`. */
export interface LetIr extends Place {
  op: 'let';
  type: Type;
  local: LocalRef;
  /** May be null only where `optional`. */
  value: Ir;
  body: Ir;
  optional: boolean;
}

/** `test ? whenTrue : whenFalse`. Both have one type (decimals: scale and width too), and either may be null. */
export interface ConditionalIr extends Place {
  op: 'conditional';
  type: Type;
  test: Ir;
  whenTrue: Ir;
  whenFalse: Ir;
}

/** `a ?? b`, from the left: the first operand that is not null. All but the last may be null, and the last too. */
export interface CoalesceIr extends Place {
  op: 'coalesce';
  type: Type;
  operands: Ir[];
}

/** A field of an object that is an element of a list, or lies in one. Null where the object is, too. */
export interface MemberIr extends Place {
  op: 'member';
  type: Type;
  object: Ir;
  field: Field;
  nullable: boolean;
}

/** What the literal of a call names; the emitter puts blobs into the image once. */
export type CallLiteral =
  | { kind: 'rounding'; digits: number; rounding: number }
  | { kind: 'microseconds'; count: number }
  /** IANA name. */
  | { kind: 'zone'; name: string }
  /** Source of a regular expression. */
  | { kind: 'pattern'; source: string }
  | { kind: 'case' };

/** A function of assembly/shared/function.ts. Decimals are widened to pairs and narrowed back as the form asks. */
export interface CallIr extends Place {
  op: 'call';
  type: Type;
  function: FunctionId;
  args: Ir[];
  literal?: CallLiteral;
}

/** What a walk goes over. */
export type WalkSource =
  /** A list of the payload, not null. */
  | { kind: 'list'; list: Ir }
  /** The pieces of a text. */
  | { kind: 'pieces'; text: Ir; separator: Ir }
  /** Elements that are written down, each counted only where its guard holds: an array literal, the rows that matched. */
  | { kind: 'elements'; elements: readonly { guard?: Ir; value: Ir }[] };

export interface WalkStage {
  kind: 'filter' | 'map';
  local: LocalRef;
  /** filter: a boolean; map: the new element, not null. */
  body: Ir;
}

/** What a walk comes to; `local` is the element after all stages. */
export type WalkEnd =
  | { kind: 'some' | 'every'; local: LocalRef; body: Ir }
  | { kind: 'count' }
  | { kind: 'reduce'; accumulator: LocalRef; init: Ir; local: LocalRef; body: Ir }
  /** An output that is a list: what each element gives, of which any may be null where the elements are objects. */
  | { kind: 'collect'; local: LocalRef; bodies: readonly Ir[] };

/** One pass over a list. Filters and maps are stages of the pass: no list is ever built. */
export interface WalkIr extends Place {
  op: 'walk';
  type: Type;
  source: WalkSource;
  stages: readonly WalkStage[];
  result: WalkEnd;
}

/** Whether a value, not null, is a member of one of the tenant's lists. */
export interface MemberOfIr extends Place {
  op: 'member-of';
  type: Type;
  list: ListRef;
  value: Ir;
}

/** The value that a parameter is bound to; only ever the whole value of a step. Never null. */
export interface ParameterIr extends Place {
  op: 'parameter';
  type: Type;
  parameter: ParameterRef;
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
  | FeatureIr
  | LocalIr
  | LetIr
  | ConditionalIr
  | CoalesceIr
  | MemberIr
  | CallIr
  | WalkIr
  | MemberOfIr
  | ParameterIr
  | ErrorIr;

/** True where the value may be null: then its code has a way out for that. */
export function mayBeNull(ir: Ir): boolean {
  switch (ir.op) {
    case 'constant':
      return ir.value === null;
    case 'field':
    case 'feature':
    case 'member':
      return ir.nullable;
    case 'conditional':
      return mayBeNull(ir.whenTrue) || mayBeNull(ir.whenFalse);
    case 'coalesce':
      return mayBeNull(ir.operands[ir.operands.length - 1]!);
    case 'let':
      return ir.optional || mayBeNull(ir.body);
    default:
      return false;
  }
}

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
    case 'coalesce':
      return ir.operands;
    case 'let':
      return [ir.value, ir.body];
    case 'conditional':
      return [ir.test, ir.whenTrue, ir.whenFalse];
    case 'member':
      return [ir.object];
    case 'call':
      return ir.args;
    case 'member-of':
      return [ir.value];
    case 'walk':
      return [...sourceOperands(ir.source), ...ir.stages.map(({ body }) => body), ...resultOperands(ir.result)];
    case 'compare':
    case 'arithmetic':
    case 'concat':
      return [ir.left, ir.right];
    default:
      return [];
  }
}

function sourceOperands(source: WalkSource): Ir[] {
  switch (source.kind) {
    case 'list':
      return [source.list];
    case 'pieces':
      return [source.text, source.separator];
    case 'elements':
      return source.elements.flatMap(({ guard, value }) => (guard === undefined ? [value] : [guard, value]));
  }
}

function resultOperands(result: WalkEnd): Ir[] {
  if (result.kind === 'count') return [];
  if (result.kind === 'collect') return [...result.bodies];
  return result.kind === 'reduce' ? [result.init, result.body] : [result.body];
}

/** Visits a node and everything below it, parents first. */
export function visit(ir: Ir, visitor: (node: Ir) => void): void {
  visitor(ir);
  // Most nodes are these, and every pass comes by here: no list is made for them.
  switch (ir.op) {
    case 'constant':
    case 'field':
    case 'feature':
    case 'local':
    case 'now':
    case 'error':
      return;
    case 'compare':
    case 'arithmetic':
    case 'concat':
      visit(ir.left, visitor);
      visit(ir.right, visitor);
      return;
    default: {
      const operands = operandsOf(ir);
      for (let i = 0; i < operands.length; i++) visit(operands[i]!, visitor);
    }
  }
}

const SWAPPED: Readonly<Record<Relation, Relation>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '===': '===', '!==': '!==' };

/** The relation with its operands exchanged. */
export function swapRelation(relation: Relation): Relation {
  return SWAPPED[relation];
}
