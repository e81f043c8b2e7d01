// CALL reaches each function with its own registers and literal. What the functions say is tested in test/assembly/functions.

import { expect, test } from 'vitest';
import { FunctionId, functionForm, functionTextBytes, Rounding } from '#assembly/shared/function.js';
import { BlobKind } from '#assembly/shared/image.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { Status } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { compilePattern } from '#src/compiler/pattern/compile-pattern.js';
import { caseBlob } from '#src/compiler/unicode/case-blob.js';
import { zoneBlob } from '#src/compiler/zones/zone-blob.js';
import type { ImageBlob } from '#src/image/parts.js';
import { writeImage } from '#src/image/write-image.js';
import { Assembler } from '../../lib/image-assembler.js';
import { EngineBox, type Value } from '../../lib/image-engine.js';
import { modelOf } from '../../lib/image-model.js';
import { payloadOf } from '../../lib/image-payload.js';

const { F64, I64, BOOL, TEXT, WIDE_LOW } = RegisterType;
const model = modelOf([
  { name: 's', kind: FieldKind.TEXT, maximum: 256 },
  { name: 't', kind: FieldKind.TEXT, maximum: 256 },
]);
const TEXT_BYTES = 1024;
const pattern = compilePattern('^[a-c]+$');
if (!('blob' in pattern)) throw new Error('the pattern does not compile');
const blobs: ImageBlob[] = [
  { kind: BlobKind.CASE, bytes: caseBlob() },
  { kind: BlobKind.ZONE, bytes: zoneBlob('Europe/Paris')! },
  { kind: BlobKind.PATTERN, bytes: pattern.blob },
];
const [CASE, ZONE, PATTERN] = [0, 1, 2];
const box = new EngineBox({ imageBytesMax: 1048576 });

/** Calls a function with constants; texts come from the payload. */
function call(id: FunctionId, args: readonly (number | bigint | string)[], literal: number): { status: Status; values: Value[] } {
  const assembler = new Assembler(model);
  const form = functionForm(id);
  const texts = args.filter((arg) => typeof arg === 'string');
  let text = 0;
  const registers = args.map((arg, index) => {
    const type: RegisterType = (form >> (4 * (index + 1))) & 15;
    if (typeof arg === 'string') return assembler.field(text++ === 0 ? 's' : 't');
    const register = assembler.temporary(type);
    if (typeof arg === 'number') assembler.op(Opcode.CONST, { a: register, f64: arg });
    else assembler.op(Opcode.CONST, { a: register, imm: arg });
    if (type === WIDE_LOW) assembler.op(Opcode.CONST, { a: register + 1, imm: (arg as bigint) >> 64n });
    return register;
  });
  const type: RegisterType = form & 15;
  const out = assembler.temporary(type, type === TEXT ? { max: functionTextBytes(id, TEXT_BYTES) } : {});
  const [b = 0, c = 0, d = 0] = registers;
  assembler.op(Opcode.CALL, { a: out, b, c, imm: BigInt(id) | (BigInt(d) << 16n) | (BigInt(literal) << 32n) });
  assembler.op(Opcode.OUT, { a: out, b: type });
  box.mustLoad(writeImage(assembler.expressions(1, { blobs })));
  return box.evaluate(payloadOf(model, { s: texts[0] ?? '', t: texts[1] ?? '' }));
}

const DIGITS_2 = 2 | (Rounding.HALF_EVEN << 8);
const UP_2 = 2 | (Rounding.UP << 8);
/** 2024-02-29T23:30:15.5Z: the first of March in Paris. */
const AT = 1709249415500000n;
const DAY = 86_400_000_000n;
const MARCH = 19783n;
const NOTHING = 0;

const cases: [FunctionId, (number | bigint | string)[], number, Value][] = [
  [FunctionId.TEXT_LENGTH, ['a😀'], NOTHING, 3],
  [FunctionId.TEXT_STARTS_WITH, ['abc', 'ab'], NOTHING, true],
  [FunctionId.TEXT_STARTS_WITH, ['abc', 'bc'], NOTHING, false],
  [FunctionId.TEXT_ENDS_WITH, ['abc', 'bc'], NOTHING, true],
  [FunctionId.TEXT_ENDS_WITH, ['abc', 'ab'], NOTHING, false],
  [FunctionId.TEXT_INCLUDES, ['abc', 'b'], NOTHING, true],
  [FunctionId.TEXT_INCLUDES, ['b', 'abc'], NOTHING, false],
  [FunctionId.TEXT_INDEX_OF, ['abcabc', 'bc', 2], NOTHING, 4],
  [FunctionId.TEXT_SLICE, ['abcdef', 1, -2], NOTHING, 'bcd'],
  [FunctionId.TEXT_SLICE, ['a😀b', 2, 4], NOTHING, '\ude00b'],
  [FunctionId.TEXT_TRIM, [' a '], NOTHING, 'a'],
  [FunctionId.TEXT_TRIM_START, [' a '], NOTHING, 'a '],
  [FunctionId.TEXT_TRIM_END, [' a '], NOTHING, ' a'],
  [FunctionId.TEXT_LOWER, ['STRASSE Ä'], CASE, 'strasse ä'],
  [FunctionId.TEXT_UPPER, ['straße ä'], CASE, 'STRASSE Ä'],
  [FunctionId.TEXT_MATCHES, ['abcba'], PATTERN, true],
  [FunctionId.TEXT_MATCHES, ['abcd'], PATTERN, false],
  [FunctionId.F64_ABS, [-1.5], NOTHING, 1.5],
  [FunctionId.F64_CEIL, [1.2], NOTHING, 2],
  [FunctionId.F64_FLOOR, [-1.2], NOTHING, -2],
  [FunctionId.F64_ROUND, [2.5], NOTHING, 3],
  [FunctionId.F64_TRUNC, [-1.7], NOTHING, -1],
  [FunctionId.F64_SIGN, [-9], NOTHING, -1],
  [FunctionId.F64_MIN, [2, 1], NOTHING, 1],
  [FunctionId.F64_MAX, [1, 2], NOTHING, 2],
  [FunctionId.F64_SQRT, [9], NOTHING, 3],
  [FunctionId.F64_CBRT, [27], NOTHING, 3],
  [FunctionId.F64_EXP, [1], NOTHING, Math.E],
  [FunctionId.F64_EXPM1, [0], NOTHING, 0],
  [FunctionId.F64_LOG, [1], NOTHING, 0],
  [FunctionId.F64_LOG1P, [0], NOTHING, 0],
  [FunctionId.F64_LOG2, [8], NOTHING, 3],
  [FunctionId.F64_LOG10, [1000], NOTHING, 3],
  [FunctionId.F64_POW, [2, 10], NOTHING, 1024],
  [FunctionId.DECIMAL_ROUND, [12550n], DIGITS_2, 126n],
  [FunctionId.DECIMAL_ROUND, [12510n], UP_2, 126n],
  [FunctionId.DECIMAL_ROUND, [-(2n ** 100n)], NOTHING, -(2n ** 100n)],
  [FunctionId.DECIMAL_DIVIDE, [7n, 2n], DIGITS_2, 4n],
  [FunctionId.DECIMAL_DIVIDE, [-(2n ** 100n), 2n ** 98n], NOTHING, -4n],
  [FunctionId.DECIMAL_REMAINDER, [-7n, 3n], NOTHING, -1n],
  [FunctionId.DECIMAL_TO_NUMBER, [12345n], DIGITS_2, 123.45],
  [FunctionId.DECIMAL_FROM_NUMBER, [1.125], DIGITS_2, 112n],
  [FunctionId.DECIMAL_FROM_NUMBER, [1.121], UP_2, 113n],
  [FunctionId.DECIMAL_FROM_TEXT, ['-12.5'], DIGITS_2, -1250n],
  [FunctionId.TIME_YEAR, [AT], ZONE, 2024],
  [FunctionId.TIME_MONTH, [AT], ZONE, 3],
  [FunctionId.TIME_DAY, [AT], ZONE, 1],
  [FunctionId.TIME_HOUR, [AT], ZONE, 0],
  [FunctionId.TIME_MINUTE, [AT], ZONE, 30],
  [FunctionId.TIME_SECOND, [AT], ZONE, 15],
  [FunctionId.TIME_DAY_OF_WEEK, [AT], ZONE, 5],
  [FunctionId.TIME_DAY_OF_YEAR, [AT], ZONE, 61],
  [FunctionId.TIME_DATE, [AT], ZONE, MARCH],
  [FunctionId.TIME_START_OF_DAY, [AT], ZONE, MARCH * DAY - 3_600_000_000n],
  [FunctionId.TIME_END_OF_DAY, [AT], ZONE, (MARCH + 1n) * DAY - 3_600_000_001n],
  [FunctionId.TIME_SINCE, [AT, AT - 1_500_000n], 1000, 1.5],
  [FunctionId.TIME_SINCE, [AT, AT + DAY / 2n], 86_400_000, -0.5],
  [FunctionId.DATE_YEAR, [MARCH], NOTHING, 2024],
  [FunctionId.DATE_MONTH, [MARCH], NOTHING, 3],
  [FunctionId.DATE_DAY, [MARCH], NOTHING, 1],
  [FunctionId.DATE_DAY_OF_WEEK, [MARCH], NOTHING, 5],
  [FunctionId.DATE_DAY_OF_YEAR, [MARCH], NOTHING, 61],
  [FunctionId.DATE_START, [MARCH], ZONE, MARCH * DAY - 3_600_000_000n],
  [FunctionId.DATE_SINCE, [MARCH, MARCH - 366n], NOTHING, 366],
];

for (const [id, args, literal, expected] of cases) {
  test(`${FunctionId[id]} ${args.join(' ')}`, () => {
    const { status, values } = call(id, args, literal);
    expect([Status[status], values]).toEqual(['OK', [expected]]);
  });
}

test('every function has its case', () => {
  const all = Object.values(FunctionId).filter((id): id is FunctionId => typeof id === 'number' && id !== FunctionId.NONE);
  expect(all.filter((id) => !cases.some(([own]) => own === id)).map((id) => FunctionId[id])).toEqual([]);
});

test('a function that cannot give a value ends the program with its status', () => {
  expect(call(FunctionId.DECIMAL_DIVIDE, [1n, 0n], DIGITS_2)).toEqual({ status: Status.ARITHMETIC, values: [] });
  expect(call(FunctionId.DECIMAL_REMAINDER, [1n, 0n], NOTHING)).toEqual({ status: Status.ARITHMETIC, values: [] });
  expect(call(FunctionId.DECIMAL_FROM_NUMBER, [Number.NaN], DIGITS_2)).toEqual({ status: Status.ARITHMETIC, values: [] });
  expect(call(FunctionId.DECIMAL_FROM_NUMBER, [1e300], DIGITS_2)).toEqual({ status: Status.ARITHMETIC, values: [] });
  expect(call(FunctionId.DECIMAL_FROM_TEXT, ['1.255'], DIGITS_2)).toEqual({ status: Status.ARITHMETIC, values: [] });
});

test('TIME_SINCE rounds the exact quotient once', () => {
  const values = [0n, 1n, 3n, 999_999n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 1709249415500000n, 7n * 10n ** 15n + 1n];
  for (const later of values) {
    for (const earlier of values) {
      for (const milliseconds of [1, 7, 1000, 60_000, 3_600_000, 86_400_000, 4_294_967_295]) {
        const { values: result } = call(FunctionId.TIME_SINCE, [later, earlier], milliseconds);
        expect(result, `${later} ${earlier} ${milliseconds}`).toEqual([nearest(later - earlier, BigInt(milliseconds) * 1000n)]);
      }
    }
  }
});

/** The f64 nearest to numerator / denominator, ties to even, by whole numbers. */
function nearest(numerator: bigint, denominator: bigint): number {
  if (numerator < 0n) return -nearest(-numerator, denominator);
  if (numerator === 0n) return 0;
  let exponent = 0;
  let scaled = numerator;
  let by = denominator;
  while (scaled / by < 2n ** 52n) {
    scaled *= 2n;
    exponent--;
  }
  while (scaled / by >= 2n ** 53n) {
    by *= 2n;
    exponent++;
  }
  let quotient = scaled / by;
  const twice = 2n * (scaled % by);
  if (twice > by || (twice === by && quotient % 2n === 1n)) quotient++;
  return Number(quotient) * 2 ** exponent;
}

test.each([F64, I64, BOOL, TEXT])('literals and operands are those of the function: %s', (type) => {
  // Covered in full by test/assembly/image/program.test.ts; here: a result of another type is refused.
  const assembler = new Assembler(model);
  const out = assembler.temporary(type);
  assembler.op(Opcode.CALL, { a: out, b: assembler.field('s'), imm: BigInt(FunctionId.TEXT_LENGTH) });
  const accepted = box.load(writeImage(assembler.decision([]))) === 0;
  expect(accepted).toBe(type === F64);
});
