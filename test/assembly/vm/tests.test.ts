// Runs of tests and the HITs they guard, which the interpreter takes without branches: random programs against a plain reading
// of the same instructions, jump by jump.

import { expect, test } from 'vitest';
import { Opcode } from '#assembly/shared/opcode.js';
import { Outcome } from '#assembly/shared/outcome.js';
import { FieldKind } from '#assembly/shared/value-type.js';
import { writeImage } from '#src/image/write-image.js';
import { Random } from '../../lib/expression-model.js';
import { Assembler } from '../../lib/image-assembler.js';
import { EngineBox } from '../../lib/image-engine.js';
import { modelOf } from '../../lib/image-model.js';
import { payloadOf, type WireObject } from '../../lib/image-payload.js';

const model = modelOf([
  { name: 'x', kind: FieldKind.DOUBLE },
  { name: 'i', kind: FieldKind.DECIMAL, scale: 0 },
  { name: 's', kind: FieldKind.TEXT, maximum: 64 },
  { name: 'p', kind: FieldKind.BOOL },
]);
const NUMBERS = [0, -0, 1, -1, 2.5, NaN, Infinity];
const INTEGERS = [0n, 1n, -1n, 2n ** 62n, -(2n ** 63n)];
const TEXTS = ['', 'a', 'b', 'abc', 'abcd', 'abcdefgh', 'bbcdefgh', 'abcdefghi', 'zbcdefghi', 'a text of twenty bytes', 'é', '😀'];

interface Instruction {
  op: Opcode;
  /** Whether a payload makes the jump; undefined for HIT and for what is no jump. */
  taken?: (payload: WireObject) => boolean;
  operands: { a?: number; f64?: number; imm?: bigint; text?: string };
  /** Index of the instruction it jumps to. */
  target?: number;
}

/** One test of a random field with a random constant. Null reads as zero, as it lies in the register. */
function randomTest(random: Random): Instruction {
  const roll = random.below(10);
  if (roll < 4) {
    const op = Opcode.F64_LT_I + random.below(10);
    const y = random.pick(NUMBERS);
    const tests = [
      (x: number) => x < y,
      (x: number) => x <= y,
      (x: number) => x > y,
      (x: number) => x >= y,
      (x: number) => x === y,
    ];
    const positive = tests[(op - Opcode.F64_LT_I) >> 1]!;
    return {
      op,
      operands: { a: 0, f64: y },
      taken: ({ x }) => positive((x ?? 0) as number) !== ((op - Opcode.F64_LT_I) % 2 === 1),
    };
  }
  if (roll < 6) {
    const op = Opcode.I64_LT_I + random.below(6);
    const j = random.pick(INTEGERS);
    const tests = [
      (i: bigint) => i < j,
      (i: bigint) => i <= j,
      (i: bigint) => i > j,
      (i: bigint) => i >= j,
      (i: bigint) => i === j,
    ];
    const positive = tests[op - Opcode.I64_LT_I] ?? ((i: bigint): boolean => i !== j);
    return { op, operands: { a: 1, imm: j }, taken: ({ i }) => positive((i ?? 0n) as bigint) };
  }
  if (roll < 8) {
    const text = random.pick(TEXTS);
    const op = random.pick([Opcode.TEXT_EQ_I, Opcode.TEXT_NE_I]);
    return { op, operands: { a: 2, text }, taken: ({ s }) => ((s ?? '') === text) === (op === Opcode.TEXT_EQ_I) };
  }
  if (roll < 9) {
    const op = random.pick([Opcode.IF_TRUE, Opcode.IF_FALSE]);
    return { op, operands: { a: 3 }, taken: ({ p }) => (p === true) === (op === Opcode.IF_TRUE) };
  }
  const a = random.below(4);
  const op = random.pick([Opcode.IF_NULL, Opcode.IF_NOT_NULL]);
  const name = model.fields[a]!.name;
  return { op, operands: { a }, taken: (payload) => ((payload[name] ?? null) === null) === (op === Opcode.IF_NULL) };
}

/** Rules of a few tests each; most jump behind their HIT, some elsewhere, some stand where a run has to end. */
function randomProgram(random: Random): { instructions: Instruction[]; ruleCount: number } {
  const instructions: Instruction[] = [];
  const ruleCount = 1 + random.below(40);
  for (let rank = 0; rank < ruleCount; rank++) {
    const first = instructions.length;
    for (let count = random.below(5); count > 0; count--) instructions.push(randomTest(random));
    if (random.chance(10)) instructions.push({ op: Opcode.RESET_TEXT, operands: {} });
    const tests = instructions.slice(first);
    instructions.push({ op: Opcode.HIT, operands: { imm: BigInt(rank) } });
    for (const own of tests)
      if (own.taken !== undefined) own.target = instructions.length + (random.chance(8) ? random.below(6) : 0);
    if (random.chance(5)) instructions.push({ op: Opcode.JUMP, operands: {}, target: instructions.length + 1 + random.below(3) });
  }
  const last = instructions.length;
  for (const instruction of instructions)
    if (instruction.target !== undefined) instruction.target = Math.min(instruction.target, last);
  // Some jumps land inside their own rule: forward, at least the next one.
  for (const [index, instruction] of instructions.entries()) {
    if (instruction.target !== undefined && instruction.target > index + 1 && random.chance(5))
      instruction.target = index + 1 + random.below(2);
  }
  leadSome(random, instructions);
  return { instructions, ruleCount };
}

const KINDS = [
  [Opcode.F64_LT_I, Opcode.F64_NOT_EQ_I],
  [Opcode.I64_LT_I, Opcode.I64_NE_I],
  [Opcode.IF_NULL, Opcode.IF_NOT_NULL],
  [Opcode.IF_TRUE, Opcode.IF_FALSE],
] as const;

/** Puts an ALL before half of the rules that it may lead: those of simple tests that all jump behind their HIT. */
function leadSome(random: Random, instructions: Instruction[]): void {
  for (let hit = instructions.length - 1; hit > 0; hit--) {
    if (instructions[hit]!.op !== Opcode.HIT) continue;
    let first = hit;
    const kindAt = (index: number): number =>
      KINDS.findIndex(([from, to]) => instructions[index]!.op >= from && instructions[index]!.op <= to);
    while (first > 0 && kindAt(first - 1) >= 0 && instructions[first - 1]!.target === hit + 1) first--;
    if (first === hit || random.chance(50)) continue;
    const tests = instructions.slice(first, hit);
    const kinds = new Map(tests.map((own, index) => [own, kindAt(first + index)]));
    tests.sort((a, b) => kinds.get(a)! - kinds.get(b)!);
    const imm = [...kinds.values()].reduce((sum, kind) => sum + 256 ** kind, 0);
    const lead: Instruction = { op: Opcode.ALL, operands: { imm: BigInt(imm) }, target: hit + 1, taken: () => false };
    instructions.splice(first, hit - first, lead, ...tests);
    // Jumps into the rule would land among other tests now: let them go to its beginning.
    for (const own of instructions) {
      if (own.target === undefined) continue;
      if (own.target > hit) own.target++;
      else if (own.target > first) own.target = first;
    }
    for (const [index, own] of instructions.entries()) {
      if (own.target !== undefined && own.target <= index) own.target = index + 1;
    }
  }
}

/** The sum of 2^rank over the rules that hit. */
function interpret(instructions: readonly Instruction[], payload: WireObject): number {
  const hits = new Set<number>();
  for (let at = 0; at < instructions.length; ) {
    const { op, operands, taken, target } = instructions[at]!;
    if (op === Opcode.HIT) hits.add(Number(operands.imm));
    at = op === Opcode.JUMP || taken?.(payload) === true ? target! : at + 1;
  }
  return [...hits].reduce((sum, rank) => sum + 2 ** rank, 0);
}

const SEED = 424242;

test(`random runs of tests, seed ${SEED}`, () => {
  const random = new Random(SEED);
  const box = new EngineBox();
  let hits = 0;
  for (let round = 0; round < 600; round++) {
    const { instructions, ruleCount } = randomProgram(random);
    const assembler = new Assembler(model);
    for (const [index, { op, operands, target }] of instructions.entries()) {
      assembler.op(op, { ...operands, ...(target === undefined ? {} : { c: target - index }) });
    }
    const rules = Array.from({ length: ruleCount }, (_, rank) => ({
      id: `r${rank}`,
      score: 2 ** rank,
      outcome: Outcome.NONE,
      reason: null,
    }));
    box.mustLoad(writeImage(assembler.decision(rules)));
    const payloads = Array.from({ length: 20 }, (): WireObject => {
      const maybe = <T>(value: T): T | null => (random.chance(20) ? null : value);
      return {
        x: maybe(random.pick(NUMBERS)),
        i: maybe(random.pick(INTEGERS)),
        s: maybe(random.pick(TEXTS)),
        p: maybe(random.chance(50)),
      };
    });
    const decided = box.decide(payloads.map((payload) => payloadOf(model, payload)));
    for (const [index, { bytes }] of decided.decisions.entries()) {
      const score = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(56, true);
      expect(score, `round ${round}: ${JSON.stringify(payloads[index], (_k, v) => (typeof v === 'bigint' ? `${v}n` : v))}`).toBe(
        interpret(instructions, payloads[index]!),
      );
      if (score !== 0) hits++;
    }
  }
  expect(hits).toBeGreaterThan(3000);
});
