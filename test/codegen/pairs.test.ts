// Two payloads at a time in generated code: which programs are decided so, and that neighbours change nothing. EngineBox runs the
// VM and generated code in every call that it makes, and compares slot and output.

import { describe, expect, it } from 'vitest';
import { Opcode } from '#assembly/shared/opcode.js';
import type { Outcome } from '#assembly/shared/outcome.js';
import { Status } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { ENGINE_FUNCTIONS } from '#src/codegen/engine-calls.js';
import { addHelpers } from '#src/codegen/helpers.js';
import { ImageParts } from '#src/codegen/image-parts.js';
import { ModuleWriter } from '#src/codegen/module-writer.js';
import { addPairs } from '#src/codegen/pairs.js';
import { writeImage } from '#src/image/write-image.js';
import { writeRequestBatch } from '#src/stream/request-batch.js';
import { Random } from '../lib/expression-model.js';
import { Assembler } from '../lib/image-assembler.js';
import { EngineBox } from '../lib/image-engine.js';
import { modelOf } from '../lib/image-model.js';
import { payloadOf } from '../lib/image-payload.js';
import { testSeed } from '../lib/model.js';

const model = modelOf([
  { name: 'amount', kind: FieldKind.DOUBLE, required: true },
  { name: 'score', kind: FieldKind.DOUBLE },
  { name: 'count', kind: FieldKind.INT, required: true, minimum: -5, maximum: 500 },
  { name: 'at', kind: FieldKind.TIMESTAMP },
  { name: 'country', kind: FieldKind.TEXT, required: true, maximum: 8 },
  { name: 'note', kind: FieldKind.TEXT, maximum: 40 },
  { name: 'vip', kind: FieldKind.BOOL },
]);

/** More than are needed for pairs, and more than a word of hit bits has. */
const RULES = 70;

function imageOf(code: Assembler): Uint8Array {
  const rule = (rank: number) => ({
    ...{ id: `r${rank}`, score: rank % 7, outcome: (rank % 4) as Outcome },
    reason: rank % 3 === 0 ? null : 'R'.repeat(1 + (rank % 20)),
  });
  return writeImage(code.decision(Array.from({ length: RULES }, (_, rank) => rule(rank))));
}

/** A program of rules of three tests each, with something in front of them and something behind. */
function program(
  change: { before?: (code: Assembler) => void; behind?: (code: Assembler) => void; rules?: number } = {},
): Uint8Array {
  const code = new Assembler(model);
  change.before?.(code);
  for (let rank = 0; rank < (change.rules ?? RULES); rank++) {
    const to = `${rank}`;
    code.op(Opcode.F64_NOT_GT_I, { a: code.field('amount'), to, f64: rank });
    code.op(Opcode.F64_NOT_LT_I, { a: code.field('count'), to, f64: rank });
    code.op(Opcode.TEXT_NE_I, { a: code.field('country'), to, text: 'DE' });
    code.op(Opcode.HIT, { imm: BigInt(rank) }).label(to);
  }
  change.behind?.(code);
  return imageOf(code);
}

function isPaired(image: Uint8Array): boolean {
  const module = new ModuleWriter('engine', ENGINE_FUNCTIONS);
  return addPairs(module, new ImageParts(image), addHelpers(module)) !== undefined;
}

describe('pairs', () => {
  const value = (code: Assembler): void => {
    code.op(Opcode.F64_MUL_I, { a: code.temporary(RegisterType.F64), b: code.field('amount'), f64: 2 });
  };
  const order = (code: Assembler): void => {
    code.op(Opcode.TEXT_LT_I, { a: code.field('country'), to: 'order', text: 'm' });
    code.op(Opcode.HIT, { imm: 0n }).label('order');
  };
  it.each([
    ['tests of fields', program(), true],
    ['values, then tests', program({ before: value }), true],
    ['tests, then an end', program({ behind: (code) => code.op(Opcode.END, {}) }), true],
    ['values behind tests', program({ behind: value }), false],
    ['a test that calls the engine', program({ behind: order }), false],
    ['too few tests', program({ rules: 8 }), false],
  ])('%s: %#', (_, image, expected) => {
    expect(isPaired(image)).toBe(expected);
  });

  it('decide as the VM does, whatever the neighbours are', () => {
    const random = new Random(testSeed('pairs'));
    for (let round = 0; round < 40; round++) {
      const image = randomImage(random);
      expect(isPaired(image)).toBe(true);
      const box = new EngineBox().mustLoad(image);
      const batch = Array.from({ length: 1 + random.below(14) }, () => randomPayload(random));
      box.decide(batch, { idHigh: 1n, idLow: 2n });
      for (const fields of [{}, { outputBytes: 700 }]) box.decide(batch, fields);
      const frame = writeRequestBatch(7n, model.hash, 'pairs', batch, {});
      expect(box.decideFrame(frame)).toMatchObject({ status: Status.OK, count: batch.length });
    }
  });

  it('leave the second payload of a pair that is cut to the next call', () => {
    const box = new EngineBox().mustLoad(program());
    const batch = Array.from({ length: 7 }, (_, i) => payloadOf(model, { amount: 10 * i, count: 3 * i, country: 'DE' }));
    const whole = box.decide(batch);
    const first = box.decide(batch, { outputBytes: whole.outputUsed - 40 });
    expect(first).toMatchObject({ status: Status.OUTPUT_FULL });
    expect(first.decisions).toEqual(whole.decisions.slice(0, first.cursor));
    expect(whole.decisions.every(({ status }) => status === Status.OK)).toBe(true);
  });
});

/** Some of them do not fit the model. */
function randomPayload(random: Random): Uint8Array {
  const number = (): number => [random.below(9) - 4, Number.NaN, Number.POSITIVE_INFINITY, -0][random.below(4)]!;
  const payload = payloadOf(model, {
    ...{ amount: number(), count: random.below(7) - 3, country: ['', 'a', 'DE', 'aaaaaaa', 'aaaaaaaa'][random.below(5)]! },
    ...(random.below(2) === 0 ? {} : { score: number() }),
    ...(random.below(2) === 0 ? {} : { at: BigInt(random.below(5)) }),
    ...(random.below(2) === 0 ? {} : { note: ['a', 'b', 'ä', 'a'.repeat(9)][random.below(4)]! }),
    ...(random.below(2) === 0 ? {} : { vip: random.below(2) === 0 }),
  });
  if (random.below(4) === 0) payload[random.below(payload.length)]! ^= 1 << random.below(8);
  return payload;
}

/** Rules of all tests that are made for pairs, with jumps inside of them. */
function randomImage(random: Random): Uint8Array {
  const code = new Assembler(model);
  const sum = code.temporary(RegisterType.F64);
  const key = code.temporary(RegisterType.I64);
  code.op(Opcode.F64_ADD, { a: sum, b: code.field('amount'), c: code.field('count') });
  code.op(Opcode.TEXT_KEY, { a: key, b: code.field('note') });
  const doubles = [code.field('amount'), code.field('score'), code.field('count'), sum];
  const pick = <T>(values: readonly T[]): T => values[random.below(values.length)]!;
  for (let rank = 0; rank < RULES; rank++) {
    const tests = 1 + random.below(4);
    const from = `${rank} `;
    for (let test = 0; test < tests; test++) {
      code.label(from + test);
      const to = from + (random.below(3) === 0 ? test + 1 + random.below(tests - test) : tests);
      const f64 = random.below(7) - 3;
      switch (random.below(7)) {
        case 0:
          code.op(pick([Opcode.IF_NULL, Opcode.IF_NOT_NULL]), { a: code.field(pick(['score', 'at', 'note', 'vip'])), to });
          break;
        case 1:
          code.op(pick([Opcode.TEXT_EQ_I, Opcode.TEXT_NE_I]), {
            ...{ a: code.field(pick(['country', 'note'])), text: pick(['', 'a', 'DE', 'aaaaaaa']), to },
          });
          break;
        case 2:
          code.op(pick([Opcode.IF_TRUE, Opcode.IF_FALSE]), { a: code.field('vip'), to });
          break;
        case 3:
          code.op(Opcode.I64_LT_I + random.below(6), { a: pick([key, code.field('at')]), imm: BigInt(random.below(4)), to });
          break;
        case 4:
          code.op(Opcode.F64_LT + random.below(6), { a: pick(doubles), b: pick(doubles), to });
          break;
        default:
          code.op(Opcode.F64_LT_I + random.below(10), { a: pick(doubles), f64, to });
      }
    }
    code.op(Opcode.HIT, { imm: BigInt(RULES - 1 - rank) }).label(from + tests);
  }
  return imageOf(code);
}
