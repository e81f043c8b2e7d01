// Unary tests as cells of a table. A cell of a bundle is false for null wherever it does not say otherwise, and FEEL's is not always:
// `not("a")` takes null. What cannot be said in a cell becomes a condition of its own, which the table tests in another column.

import type { Feel, Test, UnaryTests } from './feel/ast.js';
import type { Code } from './lower/code.js';
import type { Lowering } from './lower/lower.js';
import { Refusal } from './lower/refusal.js';
import { isSimple } from './lower/simple.js';
import { type ScalarType, type Scope, type SimpleValue, typeOf, type Value } from './lower/value.js';

/** A cell as text, or what must hold instead of it. */
export type MadeCell = { readonly cell: string } | { readonly condition: Code };

/** Writes a text as a cell does: without quotes where it is made of words that name nothing. */
export type WriteText = (text: string) => string;

const ANY = { cell: '-' };

/** @param scope holds `?` for the input */
export function cellOf(tests: UnaryTests, input: Value, scope: Scope, lowering: Lowering, write: WriteText): MadeCell {
  if (tests.any) return ANY;
  const plain = plainCell(tests, input, scope, lowering, write);
  if (plain !== undefined) return { cell: plain };
  return { condition: lowering.passes(input, tests, scope).whenTrue };
}

interface Piece {
  readonly text: string;
  /** What FEEL gives for a null input. */
  readonly ofNull: boolean | null;
}

function plainCell(tests: UnaryTests, input: Value, scope: Scope, lowering: Lowering, write: WriteText): string | undefined {
  if (!isSimple(input)) return undefined;
  const type = typeOf(input);
  if (type === undefined) return undefined;
  const pieces: Piece[] = [];
  for (const test of tests.tests) {
    const made = piecesOf(test, type, scope, lowering, write);
    if (made === undefined) return undefined;
    pieces.push(...made);
  }
  const texts = [...new Set(pieces.map((piece) => piece.text))];
  const found = pieces.some((piece) => piece.ofNull === true) ? true : pieces.some((piece) => piece.ofNull === null) ? null : false;
  if (!tests.not) {
    // of several tests one that takes null stands for all of them
    return found === true && !texts.includes('null') ? [...texts, 'null'].join(', ') : texts.join(', ');
  }
  if (texts.some((text) => text.startsWith('!=='))) return undefined;
  const others = texts.filter((text) => text !== 'null');
  if (others.length === 0) return undefined;
  const cell = `not(${others.join(', ')})`;
  return found === false ? `${cell}, null` : cell;
}

function piecesOf(test: Test, type: ScalarType | 'bool', scope: Scope, lowering: Lowering, write: WriteText): Piece[] | undefined {
  const operand = (node: Feel): string | undefined => {
    if (!isConstantNode(node)) return undefined;
    const value = lowering.simple(node, scope);
    if (value.kind === 'null') return 'null';
    if (value.kind === 'bool') return type === 'bool' ? value.whenTrue.text : differing(node, value, type);
    if (value.kind !== 'scalar' || value.constant === undefined) return undefined;
    if (type === 'bool' || !fits(value.type, type)) return differing(node, value, type);
    if (typeof value.constant !== 'string') return value.code.text;
    if (type.kind === 'enum') return type.members.includes(value.constant) ? write(value.constant) : undefined;
    return type.kind === 'text' ? write(value.constant) : value.constant;
  };
  if (test.kind === 'range') {
    const { low, lowOpen, high, highOpen } = test.range;
    const [from, to] = [operand(low), operand(high)];
    if (from === undefined || to === undefined || from === 'null' || to === 'null' || type === 'bool' || type.kind === 'enum')
      return undefined;
    return [{ text: `${lowOpen ? '(' : '['}${from}..${to}${highOpen ? ')' : ']'}`, ofNull: null }];
  }
  if (test.kind === 'compare') {
    const text = operand(test.value);
    if (text === undefined) return undefined;
    if (test.operator === '=') return [{ text, ofNull: text === 'null' }];
    // FEEL: null differs from everything else
    if (test.operator === '!=') return text === 'null' ? undefined : [{ text: `!== ${text}`, ofNull: true }];
    if (text === 'null' || type === 'bool' || type.kind === 'enum') return undefined;
    return [{ text: `${test.operator} ${text}`, ofNull: null }];
  }
  const listed = test.value.kind === 'list' ? test.value.items : [test.value];
  const pieces: Piece[] = [];
  for (const node of listed) {
    const text = operand(node);
    if (text === undefined) return undefined;
    pieces.push({ text, ofNull: text === 'null' });
  }
  return pieces.length === 0 ? undefined : pieces;
}

function isConstantNode(node: Feel): boolean {
  if (['number', 'text', 'boolean', 'null', 'at'].includes(node.kind)) return true;
  if (node.kind === 'negate') return isConstantNode(node.of);
  return (
    node.kind === 'call' &&
    node.of.kind === 'name' &&
    /^date/.test(node.of.name) &&
    node.values.every(({ value }) => isConstantNode(value))
  );
}

function fits(constant: ScalarType, type: ScalarType): boolean {
  const family = (kind: ScalarType['kind']): string => (kind === 'decimal' ? 'number' : kind === 'enum' ? 'text' : kind);
  return family(constant.kind) === family(type.kind);
}

function differing(node: Feel, value: SimpleValue, type: ScalarType | 'bool'): never {
  const phrase = (of: ScalarType | 'bool' | undefined): string => (of === undefined ? 'null' : of === 'bool' ? 'boolean' : of.kind);
  throw new Refusal(
    `a ${phrase(typeOf(value))} is compared with a ${phrase(type)}, which is never true`,
    'write a value of the type of the column',
    node.place,
  );
}
