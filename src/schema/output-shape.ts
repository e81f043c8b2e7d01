// What the outputs of a decision are: their names, in the order written, and what each holds. A decision that has outputs says it
// itself, in a text that lies among them: so whoever has a decision can read it, without its image.

import { OutputKind } from '../../assembly/shared/outputs.js';
import type { EnumMember } from './model.js';
import { foldTree, treeFrom } from './output-tree.js';

/** What one value is. An enum's is written as the name of its member. */
export type OutputType =
  | { readonly kind: 'boolean' | 'number' | 'string' | 'timestamp' | 'date' }
  | { readonly kind: 'decimal'; readonly scale: number; readonly wide: boolean }
  | { readonly kind: 'enum'; readonly members: readonly EnumMember[] };

/** A member of the objects of a list. */
export interface OutputMember {
  /** Path in the object: names with points between them. */
  readonly name: string;
  readonly type: OutputType;
  readonly nullable: boolean;
}

export interface OutputShape {
  /** Path in the decision's outputs: names with points between them. */
  readonly name: string;
  readonly nullable: boolean;
  readonly description?: string;
  readonly is:
    | { readonly kind: 'value'; readonly type: OutputType }
    | { readonly kind: 'list'; readonly type: OutputType; readonly countMax: number }
    | { readonly kind: 'objects'; readonly members: readonly OutputMember[]; readonly countMax: number };
}

/** What a value is as people are told: `decimal(2)`. */
export function outputTypeName(type: OutputType): string {
  if (type.kind === 'decimal') return `decimal(${type.scale})`;
  return type.kind === 'enum' ? 'string' : type.kind;
}

/** The members of an object as they nest. */
export function memberTree<T>(members: readonly OutputMember[], leaf: (member: OutputMember) => T, group: Group<T>): T {
  const leaves = members.map((member) => ({ path: member.name.split('.'), is: member }));
  return foldTree(treeFrom(leaves, 0), leaf, group);
}

/** What the members of a group come to. */
export type Group<T> = (members: (readonly [string, T])[]) => T;

/** The same of a whole output: `string[]`, `{ message: string, weight: number | null }[]`. */
export function outputPhrase({ is, nullable }: OutputShape): string {
  const orNull = (text: string, mayBe: boolean): string => (mayBe ? `${text} | null` : text);
  if (is.kind === 'value') return orNull(outputTypeName(is.type), nullable);
  if (is.kind === 'list') return orNull(`${outputTypeName(is.type)}[]`, nullable);
  const object = memberTree(
    is.members,
    (member) => orNull(outputTypeName(member.type), member.nullable),
    (members) => `{ ${members.map(([name, text]) => `${name}: ${text}`).join(', ')} }`,
  );
  return orNull(`${object}[]`, nullable);
}

/** How a value lies in its table. */
export function outputKindOf(type: OutputType): OutputKind {
  switch (type.kind) {
    case 'boolean':
      return OutputKind.BOOL;
    case 'number':
      return OutputKind.NUMBER;
    case 'decimal':
      return type.wide ? OutputKind.WIDE : OutputKind.LONG;
    case 'timestamp':
      return OutputKind.LONG;
    case 'date':
      return OutputKind.DATE;
    case 'string':
      return OutputKind.TEXT;
    case 'enum':
      return OutputKind.MEMBER;
  }
}

/** Outputs are numbered in their order, then the members of each. @returns the number of the first member of each output */
export function memberNumbers(outputs: readonly OutputShape[]): number[] {
  let next = outputs.length;
  return outputs.map(({ is }) => {
    const first = next;
    if (is.kind === 'objects') next += is.members.length;
    return first;
  });
}

/** `decimal(2)`, and `wide(2)` where it has 128 bits. */
function typeText(type: OutputType): string {
  return type.kind === 'decimal' && type.wide ? `wide(${type.scale})` : outputTypeName(type);
}

/** The text that lies in every decision: `[["fee.total","decimal(2)"],["notes","string[]"],["rows",[["weight","number"]]]]`. */
export function shapeText(outputs: readonly OutputShape[]): string {
  return JSON.stringify(
    outputs.map(({ name, is }) => {
      if (is.kind === 'objects') return [name, is.members.map((member) => [member.name, typeText(member.type)])];
      return [name, `${typeText(is.type)}${is.kind === 'list' ? '[]' : ''}`];
    }),
  );
}

/** What a reader of a decision knows of one value. */
export type ReadType = 'boolean' | 'number' | 'string' | 'timestamp' | 'date' | { readonly scale: number; readonly wide: boolean };

/** What it knows of one output: names along its path, and what it holds; so of the members of objects. */
export interface ReadOutput {
  readonly path: readonly string[];
  readonly is: ReadType | { readonly list: ReadType } | { readonly members: readonly ReadMember[] };
}

export interface ReadMember {
  readonly path: readonly string[];
  readonly is: ReadType;
}

/** Reads shapeText. Throws RangeError where it is something else. */
export function parseShape(text: string): ReadOutput[] {
  const entries = JSON.parse(text) as [string, string | [string, string][]][];
  return entries.map(([name, what]) => {
    const path = name.split('.');
    if (typeof what !== 'string')
      return { path, is: { members: what.map(([own, type]) => ({ path: own.split('.'), is: readType(type) })) } };
    return { path, is: what.endsWith('[]') ? { list: readType(what.slice(0, -2)) } : readType(what) };
  });
}

const DECIMAL = /^(decimal|wide)\((\d+)\)$/;

function readType(text: string): ReadType {
  const decimal = DECIMAL.exec(text);
  if (decimal !== null) return { scale: Number(decimal[2]), wide: decimal[1] === 'wide' };
  switch (text) {
    case 'boolean':
    case 'number':
    case 'string':
    case 'timestamp':
    case 'date':
      return text;
    default:
      throw new RangeError(`an output has the unknown type ${text}`);
  }
}
