// From a pattern to the instructions of an NFA. A counted repetition is written out as often as it counts, so its size is known,
// and bounded, before any instruction is made.

import { PATTERN_INSTRUCTIONS_MAX, PatternOp } from '../../../assembly/shared/pattern.js';
import type { PointSet } from '../unicode/code-points.js';
import { PatternFault, type PatternSpan } from './fault.js';
import type { PatternNode } from './node.js';

/** CHAR: `a` is the number of a set. SPLIT, JUMP: instructions to go on at. */
export interface Instruction {
  op: PatternOp;
  a: number;
  b: number;
}

export interface Nfa {
  instructions: readonly Instruction[];
  /** Distinct. */
  sets: readonly PointSet[];
}

/** The NFA of a pattern. @throws PatternFault where it has more than PATTERN_INSTRUCTIONS_MAX instructions */
export function makeNfa(root: PatternNode, source: string): Nfa {
  const size = sizeOf(root) + 1;
  if (size > PATTERN_INSTRUCTIONS_MAX) {
    const span = largestRepeat(root) ?? { start: 0, end: source.length };
    const amount = `${size > 1e9 ? 'more than 1,000,000,000' : size.toLocaleString('en')} steps`;
    throw new PatternFault(
      span,
      `written out, the pattern has ${amount}; ${PATTERN_INSTRUCTIONS_MAX.toLocaleString('en')} are allowed`,
      'a counted repetition is written out as often as it counts: count less, or compare the length of the text',
    );
  }
  const writer = new NfaWriter();
  writer.write(root);
  writer.add(PatternOp.MATCH);
  return { instructions: writer.instructions, sets: writer.sets };
}

/** Instructions of a node: exactly those that NfaWriter writes. */
function sizeOf(node: PatternNode): number {
  switch (node.kind) {
    case 'set':
    case 'assertion':
      return 1;
    case 'sequence':
      return node.items.reduce((sum, item) => sum + sizeOf(item), 0);
    case 'choice':
      return node.items.reduce((sum, item) => sum + sizeOf(item), 2 * (node.items.length - 1));
    case 'repeat': {
      const size = sizeOf(node.item);
      // What has no instruction matches the empty text, however often.
      if (size === 0 || node.max === 0) return 0;
      if (node.max === Infinity) return node.min === 0 ? size + 2 : node.min * size + 1;
      return node.min * size + (node.max - node.min) * (size + 1);
    }
  }
}

/** Where the innermost repetition stands that alone is too large; else undefined. */
function largestRepeat(node: PatternNode): PatternSpan | undefined {
  if (node.kind === 'sequence' || node.kind === 'choice') {
    for (const item of node.items) {
      const span = largestRepeat(item);
      if (span !== undefined) return span;
    }
  }
  if (node.kind !== 'repeat') return undefined;
  const inner = largestRepeat(node.item);
  return inner ?? (sizeOf(node) >= PATTERN_INSTRUCTIONS_MAX ? { start: node.span.start, end: node.span.end } : undefined);
}

class NfaWriter {
  readonly instructions: Instruction[] = [];
  readonly sets: PointSet[] = [];
  readonly #numbers = new Map<string, number>();

  /** Appends an instruction. */
  add(op: PatternOp, a = 0, b = 0): Instruction {
    const instruction = { op, a, b };
    this.instructions.push(instruction);
    return instruction;
  }

  write(node: PatternNode): void {
    switch (node.kind) {
      case 'set':
        this.add(PatternOp.CHAR, this.#setNumber(node.set));
        return;
      case 'assertion':
        this.add(node.op);
        return;
      case 'sequence':
        for (const item of node.items) this.write(item);
        return;
      case 'choice':
        this.#writeChoice(node.items);
        return;
      case 'repeat':
        if (sizeOf(node) > 0) this.#writeRepeat(node.item, node.min, node.max);
    }
  }

  #setNumber(set: PointSet): number {
    const key = set.join();
    const number = this.#numbers.get(key) ?? this.sets.push(set) - 1;
    this.#numbers.set(key, number);
    return number;
  }

  /** The instruction that comes next. */
  get #here(): number {
    return this.instructions.length;
  }

  #writeChoice(items: readonly PatternNode[]): void {
    const exits: Instruction[] = [];
    for (const [index, item] of items.entries()) {
      if (index === items.length - 1) {
        this.write(item);
        break;
      }
      const split = this.add(PatternOp.SPLIT, this.#here + 1);
      this.write(item);
      exits.push(this.add(PatternOp.JUMP));
      split.b = this.#here;
    }
    for (const exit of exits) exit.a = this.#here;
  }

  #writeRepeat(item: PatternNode, min: number, max: number): void {
    if (max === Infinity && min === 0) {
      const start = this.#here;
      const split = this.add(PatternOp.SPLIT, start + 1);
      this.write(item);
      this.add(PatternOp.JUMP, start);
      split.b = this.#here;
      return;
    }
    let last = this.#here;
    for (let count = 0; count < min; count++) {
      last = this.#here;
      this.write(item);
    }
    if (max === Infinity) {
      this.add(PatternOp.SPLIT, last, this.#here + 1);
      return;
    }
    const exits: Instruction[] = [];
    for (let count = min; count < max; count++) {
      exits.push(this.add(PatternOp.SPLIT, this.#here + 1));
      this.write(item);
    }
    for (const exit of exits) exit.b = this.#here;
  }
}
