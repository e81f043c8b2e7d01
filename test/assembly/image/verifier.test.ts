// Every rule of the image verifier: an image that breaks it is refused with its error.

import { describe, expect, test } from 'vitest';
import * as at from '#assembly/shared/image.js';
import { OPCODE_COUNT, Opcode } from '#assembly/shared/opcode.js';
import { Outcome } from '#assembly/shared/outcome.js';
import { ImageError } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import type { ImageParts } from '#src/image/parts.js';
import { sealImage, writeImage } from '#src/image/write-image.js';
import { Assembler } from '../../lib/image-assembler.js';
import { EngineBox } from '../../lib/image-engine.js';
import { modelOf } from '../../lib/image-model.js';

const model = modelOf([
  { name: 'x', kind: FieldKind.DOUBLE, minimum: 0 },
  { name: 'n', kind: FieldKind.LONG },
  { name: 's', kind: FieldKind.TEXT, maximum: 64, default: 'none' },
  { name: 'e', kind: FieldKind.ENUM, members: [{ name: 'A', number: 0 }], memberNumberMax: 0 },
  { name: 'p', kind: FieldKind.BOOL, default: true },
  { name: 'o', kind: FieldKind.OBJECT, fields: [{ name: 'd', kind: FieldKind.DECIMAL, scale: 2 }] },
]);
/** Fields: 0 numbers, 1 items; 2 the element of numbers; 3 items[].x. Tables: 1 that of numbers, 2 that of items. */
const listModel = modelOf([
  { name: 'numbers', kind: FieldKind.LIST, maximum: 5, items: { kind: FieldKind.DOUBLE } },
  { name: 'items', kind: FieldKind.LIST, maximum: 5, fields: [{ name: 'x', kind: FieldKind.DOUBLE }] },
]);
const box = new EngineBox();

/** Places inside an image, found through its header. */
class Patch {
  readonly view: DataView;

  constructor(readonly image: Uint8Array) {
    this.view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  }

  u32(offset: number, value: number): void {
    this.view.setUint32(offset, value, true);
  }

  header(offset: number): number {
    return this.view.getUint32(offset, true);
  }

  /** Address of a field descriptor, by its place in the field section. */
  field(index: number): number {
    return this.header(at.IMAGE_FIELDS) + index * at.FIELD_BYTES;
  }

  table(index: number): number {
    return this.header(at.IMAGE_TABLES) + index * at.TABLE_BYTES;
  }

  instruction(index: number): number {
    return this.header(at.IMAGE_CODE) + index * 16;
  }

  rule(index: number): number {
    return this.header(at.IMAGE_RULES) + index * at.RULE_BYTES;
  }

  threshold(index: number): number {
    return this.header(at.IMAGE_THRESHOLDS) + index * at.THRESHOLD_BYTES;
  }
}

/** A small image with everything in it: x > 5 -> HIT 0, s === "ab" -> HIT 1. */
function sample(options: Partial<ImageParts> = {}): Uint8Array {
  const assembler = new Assembler(model, { now: true });
  assembler.temporary(RegisterType.WIDE_LOW);
  assembler
    .op(Opcode.F64_NOT_GT_I, { a: assembler.field('x'), f64: 5, to: 'one' })
    .op(Opcode.HIT, { imm: 0n })
    .label('one');
  assembler
    .op(Opcode.TEXT_NE_I, { a: assembler.field('s'), text: 'ab', to: 'two' })
    .op(Opcode.HIT, { imm: 1n })
    .label('two');
  const rules = [
    { id: 'one', score: 10, outcome: Outcome.NONE, reason: 'FIRST' },
    { id: 'two', score: 5, outcome: Outcome.REVIEW, reason: null },
  ];
  const thresholds = [
    { atLeast: 10, outcome: Outcome.DECLINE },
    { atLeast: 5, outcome: Outcome.REVIEW },
  ];
  return writeImage(assembler.decision(rules, { thresholds, ...options }));
}

/** Changes a good image, seals it again, and expects the error. */
function refused(error: ImageError, change: (patch: Patch) => void, image = sample()): void {
  change(new Patch(image));
  sealImage(image);
  expect(ImageError[box.load(image)]).toBe(ImageError[error]);
}

test('good images pass', () => {
  expect(ImageError[box.load(sample())]).toBe('NONE');
  expect(ImageError[box.load(sample({ rules: [], code: new Uint8Array(16), thresholds: [] }))]).toBe('NONE');
});

describe('header', () => {
  const words: [string, number, number, ImageError][] = [
    ['magic', at.IMAGE_MAGIC, 1, ImageError.BAD_MAGIC],
    ['version', at.IMAGE_VERSION, 1, ImageError.BAD_VERSION],
    ['bytes', at.IMAGE_BYTES, 8, ImageError.BAD_SIZE],
    ['kind', at.IMAGE_KIND, 1, ImageError.BAD_HEADER],
    ['unknown kind', at.IMAGE_KIND, 2, ImageError.BAD_HEADER],
    ['no blob of outputs', at.IMAGE_OUTPUTS, 1, ImageError.BAD_BLOB],
    ['plan for JSON that is not there', at.IMAGE_JSON, 2, ImageError.BAD_BLOB],
    ['no plan for JSON', at.IMAGE_JSON, 0, ImageError.BAD_BLOB],
    ['parameters without their descriptors', at.IMAGE_PARAMETER_COUNT, 1, ImageError.BAD_SECTION],
    ['combine', at.IMAGE_COMBINE, 3, ImageError.BAD_HEADER],
    ['onError', at.IMAGE_ON_ERROR, 4, ImageError.BAD_HEADER],
    ['outcome default', at.IMAGE_OUTCOME_DEFAULT, 4, ImageError.BAD_HEADER],
    ['reasonsMax', at.IMAGE_REASONS_MAX, 65, ImageError.BAD_HEADER],
    ['out count of a decision image', at.IMAGE_OUT_COUNT, 1, ImageError.BAD_HEADER],
    ['now register is a temporary', at.IMAGE_NOW_REGISTER, 8, ImageError.BAD_HEADER],
    ['now register of another type', at.IMAGE_NOW_REGISTER, 0, ImageError.BAD_REGISTER],
    ['field registers beyond registers', at.IMAGE_FIELD_REGISTERS, 11, ImageError.BAD_HEADER],
    ['field register that nobody fills', at.IMAGE_FIELD_REGISTERS, 9, ImageError.BAD_REGISTER],
    ['field register made a temporary', at.IMAGE_FIELD_REGISTERS, 7, ImageError.BAD_HEADER],
    ['cost NaN', at.IMAGE_COST_MAX + 4, 0x7ff80000, ImageError.BAD_HEADER],
    ['cost below 0', at.IMAGE_COST_MAX + 4, 0xbff00000, ImageError.BAD_HEADER],
    ['decision larger than said', at.IMAGE_DECISION_BYTES_MAX, 8, ImageError.BAD_HEADER],
    ['decision size not a multiple of 8', at.IMAGE_DECISION_BYTES_MAX, 1001, ImageError.BAD_HEADER],
    ['decision size beyond 24 bits', at.IMAGE_DECISION_BYTES_MAX, 1 << 24, ImageError.BAD_HEADER],
    ['constants not a multiple of 8', at.IMAGE_CONSTANT_BYTES, 1, ImageError.BAD_HEADER],
  ];
  for (const [name, offset, value, error] of words) test(name, () => refused(error, (patch) => patch.u32(offset, value)));

  test('one byte less of decisions than the worst case', () => {
    refused(ImageError.BAD_HEADER, (patch) =>
      patch.u32(at.IMAGE_DECISION_BYTES_MAX, patch.header(at.IMAGE_DECISION_BYTES_MAX) - 8),
    );
  });

  test('too short, misaligned, of another length', () => {
    const image = sample();
    expect(box.load(image.subarray(0, 191))).toBe(ImageError.TOO_SHORT);
    expect(box.load(image.subarray(0, image.length - 8))).toBe(ImageError.BAD_SIZE);
    box.load(image);
    box.bytes.copyWithin(box.image + 4, box.image, box.image + image.length);
    expect(box.exports.verifyImage(box.image + 4, image.length)).toBe(ImageError.BAD_SIZE);
  });

  test('checksum', () => {
    const image = sample();
    image[40] = 1;
    expect(box.load(image)).toBe(ImageError.BAD_CHECKSUM);
  });
});

describe('sections', () => {
  const offsets = [
    at.IMAGE_TABLES,
    at.IMAGE_FIELDS,
    at.IMAGE_REGISTERS,
    at.IMAGE_CODE,
    at.IMAGE_CONSTANTS,
    at.IMAGE_RULES,
    at.IMAGE_THRESHOLDS,
    at.IMAGE_TEMPLATE,
    at.IMAGE_REASONS,
    at.IMAGE_BLOBS,
    at.IMAGE_LISTS,
    at.IMAGE_DATA,
  ];
  for (const offset of offsets) {
    for (const delta of [-8, 1, 8, 0x7ffffff8]) {
      test(`offset at ${offset} moved by ${delta}`, () => {
        refused(ImageError.BAD_SECTION, (patch) => patch.u32(offset, patch.header(offset) + delta));
      });
    }
    test(`count at ${offset + 4} out of range`, () => {
      refused(ImageError.BAD_SECTION, (patch) => patch.u32(offset + 4, 0xffffffff));
    });
  }
});

describe('tables and fields', () => {
  const defaultText = (p: Patch): number => p.header(at.IMAGE_CONSTANTS) + p.view.getUint32(p.field(2) + at.FIELD_DEFAULT, true);
  const cases: [string, ImageError, (patch: Patch) => void][] = [
    ['no table', ImageError.BAD_SECTION, (p) => p.u32(at.IMAGE_TABLE_COUNT, 0)],
    ['first field', ImageError.BAD_TABLE, (p) => p.u32(p.table(1) + at.TABLE_FIRST_FIELD, 0)],
    ['too many fields', ImageError.BAD_TABLE, (p) => p.u32(p.table(1) + at.TABLE_FIELD_COUNT, 2)],
    ['too few fields', ImageError.BAD_TABLE, (p) => p.u32(p.table(1) + at.TABLE_FIELD_COUNT, 0)],
    ['child is the table itself', ImageError.BAD_TABLE, (p) => p.u32(p.field(5) + at.FIELD_AUX, 0)],
    ['child beyond the tables', ImageError.BAD_TABLE, (p) => p.u32(p.field(5) + at.FIELD_AUX, 2)],
    [
      'table without a parent',
      ImageError.BAD_TABLE,
      (p) => {
        p.view.setUint8(p.field(5), FieldKind.BOOL);
        p.view.setUint16(p.field(5) + at.FIELD_REGISTER, at.NO_REGISTER, true);
      },
    ],
    ['kind 0', ImageError.BAD_FIELD, (p) => p.view.setUint8(p.field(0), 0)],
    ['kind beyond', ImageError.BAD_FIELD, (p) => p.view.setUint8(p.field(0), 11)],
    ['unknown flag', ImageError.BAD_FIELD, (p) => p.view.setUint8(p.field(0) + at.FIELD_FLAGS, 16)],
    ['object with a default', ImageError.BAD_FIELD, (p) => p.view.setUint8(p.field(5) + at.FIELD_FLAGS, 8)],
    [
      'long below the safe integers',
      ImageError.BAD_FIELD,
      (p) => p.view.setBigInt64(p.field(1) + at.FIELD_MIN, -(2n ** 53n), true),
    ],
    ['long above the safe integers', ImageError.BAD_FIELD, (p) => p.view.setBigInt64(p.field(1) + at.FIELD_MAX, 2n ** 53n, true)],
    ['boolean default 2', ImageError.BAD_FIELD, (p) => p.u32(p.field(4) + at.FIELD_DEFAULT, 2)],
    ['text bounds beyond 32 bits', ImageError.BAD_FIELD, (p) => p.u32(p.field(2) + at.FIELD_MAX + 4, 1)],
    ['default text beyond the constants', ImageError.BAD_CONSTANT, (p) => p.u32(p.field(2) + at.FIELD_DEFAULT, 0xfffffff0)],
    ['default text of no UTF-8', ImageError.BAD_CONSTANT, (p) => p.view.setUint8(defaultText(p), 0xff)],
    ['default text longer than its bound', ImageError.BAD_CONSTANT, (p) => p.u32(p.field(2) + at.FIELD_MAX, 3)],
    ['long default text', ImageError.BAD_CONSTANT, (p) => p.u32(p.field(2) + at.FIELD_DEFAULT + 4, 0xffffffff)],
    ['enum bitmap beyond the constants', ImageError.BAD_CONSTANT, (p) => p.u32(p.field(3) + at.FIELD_AUX, 0xffffffff)],
    ['enum bits', ImageError.BAD_FIELD, (p) => p.u32(p.field(3) + at.FIELD_AUX2, 65537)],
    ['register of another type', ImageError.BAD_REGISTER, (p) => p.view.setUint16(p.field(0) + at.FIELD_REGISTER, 2, true)],
    ['register filled twice', ImageError.BAD_REGISTER, (p) => p.view.setUint16(p.field(0) + at.FIELD_REGISTER, 1, true)],
    ['register is a temporary', ImageError.BAD_REGISTER, (p) => p.view.setUint16(p.field(0) + at.FIELD_REGISTER, 8, true)],
    ['register left over', ImageError.BAD_REGISTER, (p) => p.view.setUint16(p.field(0) + at.FIELD_REGISTER, at.NO_REGISTER, true)],
    ['register type unknown', ImageError.BAD_REGISTER, (p) => p.view.setUint8(p.header(at.IMAGE_REGISTERS), 10)],
    [
      'wide low without high',
      ImageError.BAD_REGISTER,
      (p) => p.view.setUint8(p.header(at.IMAGE_REGISTERS) + 9 * at.REGISTER_BYTES, 1),
    ],
    [
      'wide high without low',
      ImageError.BAD_REGISTER,
      (p) => p.view.setUint8(p.header(at.IMAGE_REGISTERS) + 8 * at.REGISTER_BYTES, 1),
    ],
  ];
  for (const [name, error, change] of cases) test(name, () => refused(error, change));

  const listCases: [string, ImageError, (patch: Patch) => void][] = [
    ['no kind of elements', ImageError.BAD_FIELD, (p) => p.u32(p.field(0) + at.FIELD_AUX2, 0)],
    ['a list of lists', ImageError.BAD_FIELD, (p) => p.u32(p.field(0) + at.FIELD_AUX2, FieldKind.LIST)],
    ['more elements than LIST_COUNT_MAX', ImageError.BAD_FIELD, (p) => p.u32(p.field(0) + at.FIELD_MAX, 65537)],
    ['far more elements', ImageError.BAD_FIELD, (p) => p.u32(p.field(0) + at.FIELD_MAX + 4, 1)],
    ['a list with a default', ImageError.BAD_FIELD, (p) => p.view.setUint8(p.field(0) + at.FIELD_FLAGS, 8)],
    ['an element of another kind', ImageError.BAD_FIELD, (p) => p.view.setUint8(p.field(2), FieldKind.INT)],
    ['an element of another slot', ImageError.BAD_FIELD, (p) => p.view.setUint16(p.field(2) + at.FIELD_SLOT, 1, true)],
    ['an element that may be absent', ImageError.BAD_FIELD, (p) => p.view.setUint8(p.field(2) + at.FIELD_FLAGS, 0)],
    ['an element with a register', ImageError.BAD_REGISTER, (p) => p.view.setUint16(p.field(2) + at.FIELD_REGISTER, 0, true)],
    [
      'a field of an element with a register',
      ImageError.BAD_REGISTER,
      (p) => p.view.setUint16(p.field(3) + at.FIELD_REGISTER, 0, true),
    ],
    ['the table of another list', ImageError.BAD_TABLE, (p) => p.u32(p.field(1) + at.FIELD_AUX, 1)],
    ['a list whose elements are the root', ImageError.BAD_TABLE, (p) => p.u32(p.field(1) + at.FIELD_AUX, 0)],
    [
      'a register of no elements',
      ImageError.BAD_REGISTER,
      (p) => p.view.setUint8(p.header(at.IMAGE_REGISTERS) + at.REGISTER_ELEMENT, 0),
    ],
    [
      'a register of lists',
      ImageError.BAD_REGISTER,
      (p) => p.view.setUint8(p.header(at.IMAGE_REGISTERS) + at.REGISTER_ELEMENT, 11),
    ],
    [
      'a register of no table',
      ImageError.BAD_REGISTER,
      (p) => p.view.setUint16(p.header(at.IMAGE_REGISTERS) + at.REGISTER_TABLE, 3, true),
    ],
    ['a register of too many', ImageError.BAD_REGISTER, (p) => p.u32(p.header(at.IMAGE_REGISTERS) + at.REGISTER_MAX, 65537)],
  ];
  for (const [name, error, change] of listCases) {
    test(`lists: ${name}`, () => refused(error, change, writeImage(new Assembler(listModel).decision([]))));
  }

  test('two parents of one table, which would make reading exponential', () => {
    const twice = modelOf([
      { name: 'a', kind: FieldKind.OBJECT, fields: [{ name: 'x', kind: FieldKind.BOOL }] },
      { name: 'b', kind: FieldKind.OBJECT, fields: [{ name: 'x', kind: FieldKind.BOOL }] },
    ]);
    refused(ImageError.BAD_TABLE, (p) => p.u32(p.field(1) + at.FIELD_AUX, 1), writeImage(new Assembler(twice).decision([])));
  });

  test('nesting deeper than MODEL_DEPTH_MAX', () => {
    const nested = (depth: number): ReturnType<typeof modelOf> => {
      let fields = [{ name: 'x', kind: FieldKind.BOOL }] as Parameters<typeof modelOf>[0];
      for (let level = 0; level < depth; level++) fields = [{ name: 'o', kind: FieldKind.OBJECT, fields }];
      return modelOf(fields);
    };
    expect(ImageError[box.load(writeImage(new Assembler(nested(8)).decision([])))]).toBe('NONE');
    expect(ImageError[box.load(writeImage(new Assembler(nested(9)).decision([])))]).toBe('BAD_TABLE');
  });
});

describe('rules, reasons, thresholds, template', () => {
  const reasons = (p: Patch): number => p.header(at.IMAGE_REASONS);
  const template = (p: Patch): number => p.header(at.IMAGE_TEMPLATE);
  const cases: [string, ImageError, (patch: Patch) => void][] = [
    ['score NaN', ImageError.BAD_RULE, (p) => p.view.setFloat64(p.rule(0), Number.NaN, true)],
    ['score infinite', ImageError.BAD_RULE, (p) => p.view.setFloat64(p.rule(0), Infinity, true)],
    ['rule outcome', ImageError.BAD_RULE, (p) => p.u32(p.rule(0) + at.RULE_OUTCOME, 4)],
    ['reason offset', ImageError.BAD_REASON, (p) => p.u32(p.rule(0) + at.RULE_REASON, 8)],
    ['reason misaligned', ImageError.BAD_REASON, (p) => p.u32(p.rule(0) + at.RULE_REASON, 4)],
    ['reason length', ImageError.BAD_REASON, (p) => p.u32(p.rule(0) + at.RULE_REASON_BYTES, 4096)],
    ['reason too small', ImageError.BAD_REASON, (p) => p.u32(p.rule(0) + at.RULE_REASON_BYTES, 40)],
    ['reason vtable', ImageError.BAD_REASON, (p) => p.view.setUint8(reasons(p), 12)],
    ['reason table', ImageError.BAD_REASON, (p) => p.u32(reasons(p) + 12, 8)],
    ['reason number', ImageError.BAD_REASON, (p) => p.view.setUint16(reasons(p) + at.REASON_NUMBER, 1, true)],
    ['reason code offset', ImageError.BAD_REASON, (p) => p.u32(reasons(p) + 24, 0xffffffe8)],
    ['reason rule length', ImageError.BAD_REASON, (p) => p.u32(reasons(p) + 44, 100)],
    ['threshold NaN', ImageError.BAD_THRESHOLD, (p) => p.view.setFloat64(p.threshold(0), Number.NaN, true)],
    ['thresholds rise', ImageError.BAD_THRESHOLD, (p) => p.view.setFloat64(p.threshold(1), 11, true)],
    ['thresholds equal', ImageError.BAD_THRESHOLD, (p) => p.view.setFloat64(p.threshold(1), 10, true)],
    ['threshold without outcome', ImageError.BAD_THRESHOLD, (p) => p.u32(p.threshold(0) + at.THRESHOLD_OUTCOME, 0)],
    ['threshold outcome', ImageError.BAD_THRESHOLD, (p) => p.u32(p.threshold(0) + at.THRESHOLD_OUTCOME, 4)],
    ['template root', ImageError.BAD_TEMPLATE, (p) => p.u32(template(p), 36)],
    ['template vtable', ImageError.BAD_TEMPLATE, (p) => p.view.setUint8(template(p) + 12, 9)],
    ['template status', ImageError.BAD_TEMPLATE, (p) => p.view.setUint8(template(p) + 36, 1)],
    ['template reasons', ImageError.BAD_TEMPLATE, (p) => p.u32(template(p) + at.DECISION_REASONS, 8)],
    ['template bundle', ImageError.BAD_TEMPLATE, (p) => p.u32(template(p) + 76, 0xfffffff0)],
    ['template version', ImageError.BAD_TEMPLATE, (p) => p.u32(template(p) + 80, 4096)],
    ['template inputs', ImageError.BAD_TEMPLATE, (p) => p.u32(template(p) + 84, 20)],
    ['template inputs vtable', ImageError.BAD_TEMPLATE, (p) => p.view.setUint8(template(p) + 92, 0)],
    ['template lists', ImageError.BAD_TEMPLATE, (p) => p.u32(template(p) + 112, 4096)],
    ['template string without end', ImageError.BAD_TEMPLATE, (p) => p.view.setUint8(template(p) + 124 + 'test-bundle'.length, 1)],
  ];
  for (const [name, error, change] of cases) test(name, () => refused(error, change));
});

/** Writes the last bytes of the text that instruction 2 names. */
function endText(p: Patch, ...bytes: number[]): void {
  const imm = p.instruction(2) + 8;
  const end = p.view.getUint32(at.IMAGE_CONSTANTS, true) + p.view.getUint32(imm, true) + p.view.getUint32(imm + 4, true);
  for (const [index, byte] of bytes.entries()) p.view.setUint8(end - bytes.length + index, byte);
}

describe('code', () => {
  const cases: [string, ImageError, (patch: Patch) => void][] = [
    ['no END', ImageError.BAD_JUMP, (p) => p.view.setUint16(p.instruction(4), Opcode.RESET_TEXT, true)],
    ['unknown opcode', ImageError.BAD_OPCODE, (p) => p.view.setUint16(p.instruction(0), OPCODE_COUNT, true)],
    ['opcode 65535', ImageError.BAD_OPCODE, (p) => p.view.setUint16(p.instruction(0), 65535, true)],
    ['OUT in a decision image', ImageError.BAD_OPCODE, (p) => p.view.setUint16(p.instruction(1), Opcode.OUT, true)],
    ['OUT_NULL in a decision image', ImageError.BAD_OPCODE, (p) => p.view.setUint16(p.instruction(1), Opcode.OUT_NULL, true)],
    ['jump to itself', ImageError.BAD_JUMP, (p) => p.view.setUint16(p.instruction(0) + 6, 0, true)],
    ['jump behind the code', ImageError.BAD_JUMP, (p) => p.view.setUint16(p.instruction(0) + 6, 5, true)],
    ['jump far behind the code', ImageError.BAD_JUMP, (p) => p.view.setUint16(p.instruction(0) + 6, 65535, true)],
    ['rule number', ImageError.BAD_OPERAND, (p) => p.u32(p.instruction(1) + 8, 2)],
    ['rule number beyond 32 bits', ImageError.BAD_OPERAND, (p) => p.u32(p.instruction(1) + 12, 1)],
    ['register beyond', ImageError.BAD_OPERAND, (p) => p.view.setUint16(p.instruction(0) + 2, 4096, true)],
    ['register of another type', ImageError.BAD_OPERAND, (p) => p.view.setUint16(p.instruction(0) + 2, 2, true)],
    ['text constant beyond', ImageError.BAD_CONSTANT, (p) => p.u32(p.instruction(2) + 8, 4096)],
    ['text constant too long', ImageError.BAD_CONSTANT, (p) => p.u32(p.instruction(2) + 12, 4096)],
    ['text constant that ends in a character of 2 bytes', ImageError.BAD_CONSTANT, (p) => endText(p, 0xc3)],
    ['text constant that ends in a character of 3 bytes', ImageError.BAD_CONSTANT, (p) => endText(p, 0xe2, 0x82)],
    ['text constant that ends in a character of 4 bytes', ImageError.BAD_CONSTANT, (p) => endText(p, 0xf0)],
  ];
  for (const [name, error, change] of cases) test(name, () => refused(error, change));
});

describe('expression images', () => {
  function verify(emit: (a: Assembler) => unknown, outCount: number, options: Partial<ImageParts> = {}): string | undefined {
    const assembler = new Assembler(model);
    emit(assembler);
    return ImageError[box.load(writeImage(assembler.expressions(outCount, options)))];
  }
  const rules = [{ id: 'r', score: 1, outcome: Outcome.NONE, reason: null }];
  test('good', () => expect(verify((a) => a.op(Opcode.OUT, { a: 0, b: RegisterType.F64 }), 1)).toBe('NONE'));
  test('no value', () => expect(verify(() => {}, 0)).toBe('BAD_HEADER'));
  test('fewer OUTs than values', () => expect(verify((a) => a.op(Opcode.OUT_NULL), 2)).toBe('BAD_HEADER'));
  test('rules', () => expect(verify((a) => a.op(Opcode.OUT_NULL), 1, { rules })).toBe('BAD_HEADER'));
  test('HIT', () => expect(verify((a) => a.op(Opcode.OUT_NULL).op(Opcode.HIT), 1)).toBe('BAD_OPERAND'));
  test('OUT with another tag', () => expect(verify((a) => a.op(Opcode.OUT, { a: 0, b: 2 }), 1)).toBe('BAD_OPERAND'));
  test('OUT of an object', () => expect(verify((a) => a.op(Opcode.OUT, { a: 5, b: 5 }), 1)).toBe('BAD_OPERAND'));
  for (const type of [RegisterType.LIST, RegisterType.CURSOR]) {
    test(`OUT of a ${RegisterType[type]}`, () => {
      const emit = (a: Assembler): unknown => a.op(Opcode.OUT, { a: a.temporary(type, { element: FieldKind.DOUBLE }), b: type });
      expect(verify(emit, 1)).toBe('BAD_OPERAND');
    });
  }
});
