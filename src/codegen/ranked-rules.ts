// Which rules of a program can be told by the ranks of values (ranks.ts): a rule that holds where each register by itself is among
// some values, whatever the others are. Its segment is run over all combinations of values that its tests tell apart; that the
// ones that hit are a product shows that it is such a rule.

import { Opcode } from '../../assembly/shared/opcode.js';
import { nextDown, nextUp } from '../schema/decimal.js';
import { Op } from '../wasm/format.js';
import { comparesByKey, type Frame, keyOf } from './frame.js';
import type { Instruction } from './image-parts.js';
import { jumpTarget } from './jumps.js';
import { operandsOf } from './operands.js';
import type { Segment } from './segments.js';
import { doubleTest, integerTest } from './tests.js';

/** What a segment may have besides tests. */
const UNTESTED: ReadonlySet<Opcode> = new Set([Opcode.HIT, Opcode.ALL, Opcode.JUMP]);

/** Combinations of values that a segment is run over, at most. */
const COMBINATIONS_MAX = 4096;

/** A value of a register: undefined is an integer or a key that is none of those that it is compared with. */
export interface Value {
  readonly value: number | bigint | undefined;
  readonly isNull: boolean;
}

/** What a register is compared as: its double, its integer, or the key of its text. */
export type RankKind = 'double' | 'integer' | 'key';

/** A rule that can be told so. */
export interface RankedRule {
  /** Number of its hit bit. */
  readonly rank: number;
  /** Whether a value is among those of a register for which it may hold, by register. Of no register: it always holds. */
  readonly accepts: ReadonlyMap<number, (value: Value) => boolean>;
  /** What it compares each of its registers with. */
  readonly constants: ReadonlyMap<number, readonly (number | bigint)[]>;
}

export interface RankedSegment {
  readonly segment: Segment;
  readonly rules: readonly RankedRule[];
  readonly tests: number;
}

export function rankKindOf(frame: Frame, register: number): RankKind {
  if (frame.isDouble(register)) return 'double';
  return frame.key(register) === undefined ? 'integer' : 'key';
}

/** Registers of which only equality is asked: any other value is as good as any other. */
export function unorderedRegisters(frame: Frame): ReadonlySet<number> {
  const ordered = new Set<number>();
  const asked = new Set<number>();
  for (const { op, a } of frame.image.code) {
    const compare = integerTest(op);
    if (compare === Op.I64_EQ || compare === Op.I64_NE || op === Opcode.IF_TRUE || op === Opcode.IF_FALSE) asked.add(a);
    else if (compare !== undefined) ordered.add(a);
    else if (op === Opcode.TEXT_EQ_I || op === Opcode.TEXT_NE_I) asked.add(a);
  }
  return new Set([...asked].filter((register) => !ordered.has(register)));
}

/** The segments in front of a program's end whose rules can all be told by ranks, of registers that are settled before them. */
export function rankedSegments(frame: Frame, segments: readonly Segment[]): RankedSegment[] {
  const { code } = frame.image;
  const has = ({ first, end }: Segment, op: Opcode): boolean => code.slice(first, end).some((each) => each.op === op);
  const firstRule = segments.findIndex((segment) => has(segment, Opcode.HIT));
  if (firstRule < 0) return [];
  const unsettled = new Set<number>();
  for (const instruction of code.slice(segments[firstRule]?.first)) {
    for (const register of operandsOf(frame.image, instruction).writes) unsettled.add(register);
  }
  const unordered = unorderedRegisters(frame);
  const ranked: RankedSegment[] = [];
  for (const segment of segments.slice(firstRule)) {
    if (has(segment, Opcode.END)) break;
    const one = new SegmentRun(frame, segment, unordered).ranked(unsettled);
    if (one !== undefined) ranked.push(one);
  }
  return ranked;
}

/** A segment that is nothing but tests of single registers and hits, as it runs. */
class SegmentRun {
  private readonly instructions: readonly Instruction[];
  private readonly constants = new Map<number, (number | bigint)[]>();
  private readonly hits = new Set<number>();
  private tests = 0;

  constructor(
    private readonly frame: Frame,
    private readonly segment: Segment,
    private readonly unordered: ReadonlySet<number>,
  ) {
    this.instructions = frame.image.code.slice(segment.first, segment.end);
  }

  /** What it is told by; undefined where it is none that can be told so. @param unsettled registers that may change */
  ranked(unsettled: ReadonlySet<number>): RankedSegment | undefined {
    for (const instruction of this.instructions) if (!this.take(instruction)) return undefined;
    const registers = [...this.constants.keys()];
    if (this.hits.size === 0 || registers.some((register) => unsettled.has(register))) return undefined;
    const values = registers.map((register) => this.valuesOf(register));
    if (values.reduce((product, each) => product * each.length, 1) > COMBINATIONS_MAX) return undefined;
    const rules: RankedRule[] = [];
    for (const rank of this.hits) {
      const rule = this.rule(rank, registers, values);
      if (rule === undefined) return undefined;
      if (rule !== 'never') rules.push(rule);
    }
    return { segment: this.segment, rules, tests: this.tests };
  }

  /** Notes what an instruction compares; false where it is none that a segment may have. */
  private take(instruction: Instruction): boolean {
    const { op, a, imm } = instruction;
    if (op === Opcode.HIT) this.hits.add(Number(imm));
    if (UNTESTED.has(op)) return true;
    this.tests++;
    let constants = this.constants.get(a);
    if (constants === undefined) {
      constants = [];
      this.constants.set(a, constants);
    }
    if (op === Opcode.IF_NULL || op === Opcode.IF_NOT_NULL) return true;
    const constant = constantOf(this.frame, instruction);
    if (constant === undefined) return false;
    if (!constants.includes(constant)) constants.push(constant);
    return true;
  }

  /** Values of a register that the tests tell apart. */
  private valuesOf(register: number): Value[] {
    const kind = rankKindOf(this.frame, register);
    const values = (this.constants.get(register) as (number | bigint)[]).flatMap((constant) =>
      this.unordered.has(register) ? [constant] : [below(constant), constant, above(constant)],
    );
    const others = kind === 'double' ? [Number.NaN, 0] : this.unordered.has(register) ? [undefined] : [0n];
    const all = [...values, ...others].map((value): Value => ({ value, isNull: false }));
    if (this.frame.nullFlag(register) !== undefined) all.push(nullOf(kind));
    // One of those for which all tests come out alike.
    const tests = this.instructions.filter(({ op, a }) => a === register && !UNTESTED.has(op));
    return [...new Map(all.map((value) => [tests.map((test) => Number(holds(this.frame, test, value))).join(''), value])).values()];
  }

  /** undefined where what a register has to be depends on another one. */
  private rule(
    rank: number,
    registers: readonly number[],
    values: readonly (readonly Value[])[],
  ): RankedRule | 'never' | undefined {
    const accepted = registers.map(() => new Set<Value>());
    let witness: readonly Value[] | undefined;
    let count = 0;
    const visit = (chosen: readonly Value[]): void => {
      const next = values[chosen.length];
      if (next !== undefined) {
        for (const value of next) visit([...chosen, value]);
      } else if (this.isHit(rank, registers, chosen)) {
        witness ??= chosen;
        count++;
        for (const [index, value] of chosen.entries()) accepted[index]?.add(value);
      }
    };
    visit([]);
    if (witness === undefined) return 'never';
    if (count !== accepted.reduce((product, each) => product * each.size, 1)) return undefined;
    const found = witness;
    const accepts = registers.map((register, index): [number, (value: Value) => boolean] => [
      register,
      (value) => this.isHit(rank, registers, found.with(index, value)),
    ]);
    return { rank, accepts: new Map(accepts), constants: this.constants };
  }

  /** Whether the segment hits a rule with these values of its registers. */
  private isHit(rank: number, registers: readonly number[], values: readonly Value[]): boolean {
    const { first } = this.segment;
    for (let at = 0; at < this.instructions.length; ) {
      const instruction = this.instructions[at] as Instruction;
      const { op, a, imm } = instruction;
      if (op === Opcode.HIT && Number(imm) === rank) return true;
      at++;
      if (op === Opcode.HIT || op === Opcode.ALL) continue;
      const isTaken = op === Opcode.JUMP || holds(this.frame, instruction, values[registers.indexOf(a)] as Value);
      if (isTaken) at = (jumpTarget(this.frame.image, instruction) as number) - first;
    }
    return false;
  }
}

export function nullOf(kind: RankKind): Value {
  return { value: kind === 'double' ? 0 : 0n, isNull: true };
}

/** The next smaller value of an order. */
export function below(value: number | bigint): number | bigint {
  return typeof value === 'bigint' ? value - 1n : nextDown(value);
}

/** The next greater one. */
export function above(value: number | bigint): number | bigint {
  return typeof value === 'bigint' ? value + 1n : nextUp(value);
}

/** What a test compares its register with; undefined where it is no test of one register, or of a value without neighbours. */
function constantOf(frame: Frame, instruction: Instruction): number | bigint | undefined {
  const { op, a, imm, low, high } = instruction;
  if (op >= Opcode.F64_LT_I && doubleTest(op) !== undefined) {
    const constant = doubleOf(imm);
    return Math.abs(constant) < Number.MAX_VALUE ? constant : undefined;
  }
  if (op >= Opcode.I64_LT_I && integerTest(op) !== undefined) {
    const constant = BigInt.asIntN(64, imm);
    return BigInt.asIntN(64, constant - 1n) < constant && BigInt.asIntN(64, constant + 1n) > constant ? constant : undefined;
  }
  if (op === Opcode.IF_TRUE || op === Opcode.IF_FALSE) return 0n;
  return comparesByKey(instruction) && frame.key(a) !== undefined ? keyOf(frame.image.constant(low, high)) : undefined;
}

/** Whether a test's jump is taken. */
function holds(frame: Frame, instruction: Instruction, { value, isNull }: Value): boolean {
  const { op } = instruction;
  if (op === Opcode.IF_NULL || op === Opcode.IF_NOT_NULL) return isNull === (op === Opcode.IF_NULL);
  const constant = constantOf(frame, instruction) as number | bigint;
  const double = doubleTest(op);
  if (double !== undefined) return compare(double[0], value, constant) !== double[1];
  if (op === Opcode.IF_TRUE || op === Opcode.IF_FALSE) return (value === 0n) === (op === Opcode.IF_FALSE);
  if (op === Opcode.TEXT_EQ_I || op === Opcode.TEXT_NE_I) return (value === constant) === (op === Opcode.TEXT_EQ_I);
  return compare(integerTest(op) as Op, value, constant);
}

function compare(op: Op, value: number | bigint | undefined, constant: number | bigint): boolean {
  switch (op) {
    case Op.F64_EQ:
    case Op.I64_EQ:
      return value === constant;
    case Op.I64_NE:
      return value !== constant;
    case Op.F64_LT:
    case Op.I64_LT_S:
      return (value as number) < (constant as number);
    case Op.F64_LE:
    case Op.I64_LE_S:
      return (value as number) <= (constant as number);
    case Op.F64_GT:
    case Op.I64_GT_S:
      return (value as number) > (constant as number);
    default:
      return (value as number) >= (constant as number);
  }
}

const BITS = new DataView(new ArrayBuffer(8));

function doubleOf(bits: bigint): number {
  BITS.setBigUint64(0, bits);
  return BITS.getFloat64(0);
}
