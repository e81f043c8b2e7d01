// What the library's table says of a function. One entry declares all of it: how it is written, what it takes, what it gives, what
// it becomes, and the reference page.

import { type FunctionId, functionTextBytes } from '../../../assembly/shared/function.js';
import type { Context, Facts } from '../checker/context.js';
import type { ListValue } from '../checker/receiver.js';
import type { EsNode } from '../estree.js';
import type { CallIr, CallLiteral, Ir } from '../ir.js';
import type { Place } from '../operands.js';
import type { ListRef } from '../scope.js';
import type { TextType, Type } from '../types.js';

/** What a function is called on: a kind of value, `Math`, the tenant's lists, or nothing. */
export type ReceiverKind = Type['kind'] | 'Math' | 'lists' | 'function';

/**
 * What a parameter takes.
 *
 * - `text`, `number`, `timestamp`, `date`: a value of that type, not null; literals take the type.
 * - `decimal`: a decimal, or a number literal as one. `numeric`: a number or a decimal.
 * - `element`: a value that an element of the list can be compared with; `member`: one that a list of the tenant can hold.
 * - `zone`, `pattern`, `scale`, `rounding`: a literal.
 * - `test`, `mapping`, `reducer`: an arrow function. `initial`: the value that a reducer begins with.
 */
export type ParameterType =
  | 'text'
  | 'number'
  | 'decimal'
  | 'numeric'
  | 'timestamp'
  | 'date'
  | 'element'
  | 'member'
  | 'initial'
  | 'zone'
  | 'pattern'
  | 'scale'
  | 'rounding'
  | 'test'
  | 'mapping'
  | 'reducer';

export interface Parameter {
  name: string;
  type: ParameterType;
  optional?: boolean;
  /** Takes this many arguments at most, and one at least. */
  many?: number;
}

export interface Argument {
  node: EsNode;
  /** Its value where the parameter takes one. */
  ir?: Ir;
  /** What a literal says: name of a zone, source of a pattern, digits of a scale, number of a rounding. */
  literal?: string | number;
}

/** A call whose arguments fit their parameters. */
export interface Call {
  context: Context;
  facts: Facts;
  place: Place;
  /** What it is called on, not null. */
  receiver: Ir | undefined;
  list: ListValue | undefined;
  members: ListRef | undefined;
  args: readonly Argument[];
}

export interface LibraryEntry {
  name: string;
  on: ReceiverKind;
  /** Written without parentheses. */
  property?: boolean;
  parameters: readonly Parameter[];
  /** Type of the result, as the reference page names it. */
  result: string;
  /** One sentence or two. */
  semantics: string;
  /** What a call costs, in words. */
  cost: string;
  /** Expressions over the model of docs/FUNCTIONS.md, and their values there. */
  examples: readonly (readonly [text: string, value: boolean | number | string])[];
  /** Undefined where it has reported a fault. */
  lower(call: Call): Ir | ListValue | undefined;
}

/** The value of the argument at a position; those that an entry's parameters ask for are there. */
export function argument(call: Call, index: number): Ir {
  return call.args[index]!.ir!;
}

/** The literal of the argument at a position. */
export function literal<T extends string | number>(call: Call, index: number): T {
  return call.args[index]!.literal as T;
}

/** A call of the engine. */
export function invoke({ place }: Call, id: FunctionId, type: Type, args: Ir[], literalOf?: CallLiteral): CallIr {
  const { start, end } = place;
  return { op: 'call', type, function: id, args, ...(literalOf === undefined ? {} : { literal: literalOf }), start, end };
}

/** The type of the text that a function makes of another. */
export function textResult(id: FunctionId, text: Ir): TextType {
  const bytes = text.type.kind === 'text' ? text.type.bytesMax : 0;
  return { kind: 'text', bytesMax: functionTextBytes(id, bytes) };
}
