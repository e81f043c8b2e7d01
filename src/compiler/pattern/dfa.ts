// From an NFA to a DFA: each set of instructions that can be alive at once becomes a state.
//
// A state stands between two characters, and knows the one before. What depends on the one behind, `$`, `\b` and `\B`, waits in the
// state until that is known: on the way out for a character, or at the end of the text.

import { PatternOp } from '../../../assembly/shared/pattern.js';
import type { Classes } from './classes.js';
import { PATTERN_CELLS_MAX, PATTERN_VISITS_MAX } from './limits.js';
import type { Nfa } from './nfa.js';

export interface Dfa {
  states: number;
  /** Number of the state to begin in. */
  start: number;
  /** States from this one on accept where the text ends. */
  end: number;
  /** By state, then class: the next state. 0: nothing matches any more; 1: something did. */
  next: Uint16Array;
}

const DEAD = 0;
const MATCHED = 1;

/** What lies at a side of a place in the text. */
enum Side {
  OTHER = 0,
  WORD = 1,
  /** The start or end of the text. */
  EDGE = 2,
}

interface State {
  /** CHAR instructions, and assertions that wait for what lies behind; rising. */
  items: readonly number[];
  waits: boolean;
  before: Side;
  acceptsAtEnd: boolean;
}

/** The DFA that finds a match anywhere; undefined where it is larger than PATTERN_CELLS_MAX or takes too long to make. */
export function makeDfa(nfa: Nfa, classes: Classes, isWord: readonly boolean[]): Dfa | undefined {
  const maker = new DfaMaker(nfa, classes, isWord);
  const start = maker.stateOf([0], Side.EDGE);
  const rows: number[][] = [];
  for (let number = 2; number < maker.states.length; number++) {
    const row = maker.row(number);
    if (row === undefined || maker.states.length * classes.count > PATTERN_CELLS_MAX) return undefined;
    rows.push(row);
  }
  // States that accept at the end come last. DEAD and MATCHED keep their numbers.
  const order = [...maker.states.keys()].slice(2);
  const sorted = [
    ...order.filter((number) => !maker.states[number]!.acceptsAtEnd),
    ...order.filter((number) => maker.states[number]!.acceptsAtEnd),
  ];
  const renumbered = new Map<number, number>([
    [DEAD, DEAD],
    [MATCHED, MATCHED],
    ...sorted.map((number, index) => [number, index + 2] as const),
  ]);
  const next = new Uint16Array(maker.states.length * classes.count);
  next.fill(MATCHED, classes.count, 2 * classes.count);
  for (const [index, number] of sorted.entries())
    next.set(
      rows[number - 2]!.map((target) => renumbered.get(target)!),
      (index + 2) * classes.count,
    );
  const accepting = sorted.findIndex((number) => maker.states[number]!.acceptsAtEnd);
  return {
    states: maker.states.length,
    start: renumbered.get(start)!,
    end: accepting < 0 ? maker.states.length : accepting + 2,
    next,
  };
}

class DfaMaker {
  /** The first two stand for DEAD and MATCHED. */
  readonly states: State[];
  readonly #numbers = new Map<string, number>();
  readonly #nfa: Nfa;
  readonly #classes: Classes;
  readonly #isWord: readonly boolean[];
  readonly #seen: Int32Array;
  #round = 0;
  #visits = 0;

  constructor(nfa: Nfa, classes: Classes, isWord: readonly boolean[]) {
    this.#nfa = nfa;
    this.#classes = classes;
    this.#isWord = isWord;
    this.#seen = new Int32Array(nfa.instructions.length);
    const none: State = { items: [], waits: false, before: Side.OTHER, acceptsAtEnd: false };
    this.states = [none, none];
  }

  /**
   * What can be reached from some instructions without a character; 'matched' where that is the end of the pattern.
   *
   * @param behind undefined: not known yet, and what asks for it waits
   */
  #closure(from: readonly number[], before: Side, behind: Side | undefined): { items: number[]; waits: boolean } | 'matched' {
    this.#round += 1;
    const stack = [...from];
    const items: number[] = [];
    let waits = false;
    while (stack.length > 0) {
      const number = stack.pop()!;
      if (this.#seen[number] === this.#round) continue;
      this.#seen[number] = this.#round;
      this.#visits += 1;
      const { op, a, b } = this.#nfa.instructions[number]!;
      if (op === PatternOp.MATCH) return 'matched';
      if (op === PatternOp.CHAR) items.push(number);
      else if (op === PatternOp.SPLIT) stack.push(a, b);
      else if (op === PatternOp.JUMP) stack.push(a);
      else if (op === PatternOp.AT_START) {
        if (before === Side.EDGE) stack.push(number + 1);
      } else if (behind === undefined) {
        items.push(number);
        waits = true;
      } else if (op === PatternOp.AT_END) {
        if (behind === Side.EDGE) stack.push(number + 1);
      } else if (((before === Side.WORD) !== (behind === Side.WORD)) === (op === PatternOp.AT_WORD)) stack.push(number + 1);
    }
    return { items: items.sort((x, y) => x - y), waits };
  }

  /** The number of the state that has just come to some instructions. */
  stateOf(from: readonly number[], before: Side): number {
    const reached = this.#closure(from, before, undefined);
    if (reached === 'matched') return MATCHED;
    const { items, waits } = reached;
    if (items.length === 0) return DEAD;
    const key = `${waits ? before : ''}:${items.join()}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const acceptsAtEnd = waits && this.#closure(items, before, Side.EDGE) === 'matched';
    const number = this.states.push({ items, waits, before, acceptsAtEnd }) - 1;
    this.#numbers.set(key, number);
    return number;
  }

  /** The next state by class; undefined where the work is too much. */
  row(number: number): number[] | undefined {
    const { items, waits, before } = this.states[number]!;
    const { count, members } = this.#classes;
    const bySide = [Side.OTHER, Side.WORD].map((side) => (waits ? this.#closure(items, before, side) : { items }));
    const row: number[] = [];
    for (let kind = 0; kind < count; kind++) {
      const side = this.#isWord[kind]! ? Side.WORD : Side.OTHER;
      const alive = bySide[side]!;
      if (alive === 'matched') {
        row.push(MATCHED);
        continue;
      }
      this.#visits += alive.items.length;
      if (this.#visits > PATTERN_VISITS_MAX) return undefined;
      const passed = alive.items.filter((item) => members[this.#nfa.instructions[item]!.a]![kind]!).map((item) => item + 1);
      // A match may begin anywhere.
      row.push(this.stateOf([...passed, 0], side));
    }
    return row;
  }
}
