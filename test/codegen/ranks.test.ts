// Rules by ranks in generated code: which rules are told so, and that they hold for the same values. EngineBox runs the VM and
// generated code in every call that it makes, and compares slot and output.

import { describe, expect, it } from 'vitest';
import { RANK_AREAS } from '#assembly/shared/layout.js';
import { Opcode } from '#assembly/shared/opcode.js';
import type { Outcome } from '#assembly/shared/outcome.js';
import { Status } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { writeImage } from '#src/image/write-image.js';
import { nextDown, nextUp } from '#src/schema/decimal.js';
import { writeRequestBatch } from '#src/stream/request-batch.js';
import { Random } from '../lib/expression-model.js';
import { Assembler } from '../lib/image-assembler.js';
import { EngineBox } from '../lib/image-engine.js';
import { modelOf } from '../lib/image-model.js';
import { payloadOf } from '../lib/image-payload.js';
import { testSeed } from '../lib/model.js';
import { rankedOf } from '../lib/ranked.js';

const model = modelOf([
  { name: 'amount', kind: FieldKind.DOUBLE, required: true },
  { name: 'score', kind: FieldKind.DOUBLE },
  { name: 'count', kind: FieldKind.INT, required: true, minimum: -5, maximum: 500 },
  { name: 'at', kind: FieldKind.TIMESTAMP },
  { name: 'country', kind: FieldKind.TEXT, required: true, maximum: 8 },
  { name: 'note', kind: FieldKind.TEXT, maximum: 40 },
  { name: 'vip', kind: FieldKind.BOOL },
]);

/** More than a word of hit bits has. */
const RULES = 70;

function imageOf(code: Assembler, rules = RULES): Uint8Array {
  const rule = (rank: number) => ({
    ...{ id: `r${rank}`, score: rank % 7, outcome: (rank % 4) as Outcome },
    reason: rank % 3 === 0 ? null : 'R'.repeat(1 + (rank % 20)),
  });
  return writeImage(code.decision(Array.from({ length: rules }, (_, rank) => rule(rank))));
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

/** Rules that compare one number with constants in all ways, in an order that is none. */
function thresholds(constants: readonly number[], rules = 3 * constants.length): Uint8Array {
  const code = new Assembler(model);
  for (let rank = 0; rank < rules; rank++) {
    const f64 = constants[(rank * 7) % constants.length]!;
    code.op(Opcode.F64_LT_I + (rank % 10), { a: code.field('amount'), to: `${rank}`, f64 });
    code.op(Opcode.HIT, { imm: BigInt(rank) }).label(`${rank}`);
  }
  return imageOf(code, rules);
}

const amounts = (values: readonly number[]): Uint8Array[] =>
  values.map((amount) => payloadOf(model, { amount, count: 1, country: 'DE' }));

describe('ranks', () => {
  const value = (code: Assembler): void => {
    code.op(Opcode.F64_MUL_I, { a: code.temporary(RegisterType.F64), b: code.field('amount'), f64: 2 });
  };
  const rule = (test: (code: Assembler) => void) => ({
    behind: (code: Assembler): void => {
      test(code);
      code.op(Opcode.HIT, { imm: 0n }).label('hit');
    },
  });
  const either = (code: Assembler, other: string): void => {
    code.op(Opcode.F64_LT_I, { a: code.field('amount'), to: 'then', f64: 3 });
    code.op(Opcode.F64_NOT_LT_I, { a: code.field(other), to: 'hit', f64: 30 }).label('then');
  };
  it.each([
    ['tests of fields', program(), RULES],
    ['values, then tests', program({ before: value }), RULES],
    ['tests, then an end', program({ behind: (code) => code.op(Opcode.END, {}) }), RULES],
    ['values behind tests', program({ behind: value }), RULES],
    [
      'a test that calls the engine',
      program(rule((code) => code.op(Opcode.TEXT_LT_I, { a: code.field('note'), to: 'hit', text: 'm' }))),
      RULES,
    ],
    [
      'two fields beside each other',
      program(rule((code) => code.op(Opcode.F64_LT, { a: code.field('amount'), b: code.field('count'), to: 'hit' }))),
      RULES,
    ],
    ['one field or the same', program(rule((code) => either(code, 'amount'))), 70],
    ['one field or another', program(rule((code) => either(code, 'count'))), RULES],
    [
      'a rule behind an end',
      program({
        behind: (code) =>
          rule((more) => more.op(Opcode.END, {}).op(Opcode.F64_LT_I, { a: more.field('amount'), to: 'hit', f64: 1 })).behind(code),
      }),
      RULES,
    ],
    ['too few tests', program({ rules: 2 }), 0],
    ['more cuts of one register than tables have room for', thresholds(Array.from({ length: 300 }, (_, i) => i)), 0],
  ])('%s: %#', (_, image, expected) => {
    expect(rankedOf(image)).toBe(expected);
  });

  it('are those that tests give, at every constant and beside it', () => {
    const sets = [
      [1, 2],
      [0, -0, 5e-324, -5e-324, 1],
      [1e-300, 1, 1e300, -1e300, 1e308, -1e308, 7, 8, 9, 10],
      Array.from({ length: 40 }, (_, i) => i * i),
      // Many in one cell, and one far away.
      [...Array.from({ length: 9 }, (_, i) => 1 + i * Number.EPSILON), 1000, 5, 6, 7, 8],
      Array.from({ length: 60 }, (_, i) => 100 + i / 8),
    ];
    for (const constants of sets) {
      const image = thresholds(constants, 150);
      expect(rankedOf(image)).toBe(150);
      const box = new EngineBox().mustLoad(image);
      const near = constants.flatMap((constant) => [constant, nextUp(constant), nextDown(constant), constant + 0.3]);
      const edges = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MAX_VALUE, -Number.MAX_VALUE];
      for (const amount of [...near, ...edges]) expect(box.decide(amounts([amount])).status).toBe(Status.OK);
    }
  });

  it('take NaNs of any bits', () => {
    const box = new EngineBox().mustLoad(thresholds(Array.from({ length: 20 }, (_, i) => i)));
    const [payload] = amounts([12345]) as [Uint8Array];
    const bits = Buffer.alloc(8);
    bits.writeDoubleLE(12345);
    const at = Buffer.from(payload.buffer, payload.byteOffset, payload.length).indexOf(bits);
    expect(at).toBeGreaterThan(0);
    const batch = ['7ff8000000000001', '7ff800000000003f', 'fff8000000000010', '7ff0000000000005', 'ffffffffffffffff'].map(
      (nan) => {
        const copy = payload.slice();
        copy.set(Buffer.from(nan, 'hex').reverse(), at);
        return copy;
      },
    );
    expect(box.decide(batch).status).toBe(Status.OK);
  });

  it('are of the image that decides, whichever one was before it on the same scratch', () => {
    const images = Array.from({ length: RANK_AREAS + 2 }, (_, i) => thresholds([i, i + 10, i + 20, i + 30]));
    const box = new EngineBox();
    for (let round = 0; round < 3; round++) {
      for (const image of images) {
        box.mustLoad(image);
        for (let again = 0; again < 2; again++) expect(box.decide(amounts([0, 4.5, 12, 25, 99])).status).toBe(Status.OK);
      }
    }
  });

  it('decide as the VM does', () => {
    const random = new Random(testSeed('ranks'));
    for (let round = 0; round < 40; round++) {
      const image = randomImage(random);
      expect(rankedOf(image)).toBeGreaterThan(RULES / 8);
      const box = new EngineBox().mustLoad(image);
      const batch = Array.from({ length: 1 + random.below(14) }, () => randomPayload(random));
      box.decide(batch, { idHigh: 1n, idLow: 2n });
      for (const fields of [{}, { outputBytes: 700 }]) box.decide(batch, fields);
      const frame = writeRequestBatch(7n, model.hash, 'ranks', batch, {});
      expect(box.decideFrame(frame)).toMatchObject({ status: Status.OK, count: batch.length });
    }
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

/** Rules of all simple tests, with jumps inside of them. */
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
