// Parameters in the engine: blocks of bindings that are refused, images that say what is not so, and what a program loads.

import { ByteBuffer } from 'flatbuffers';
import { describe, expect, it, test } from 'vitest';
import * as at from '#assembly/shared/image.js';
import { PARAMETER_BINDING_BYTES, PARAMETER_VALUE, PARAMETER_VERSION } from '#assembly/shared/layout.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { ImageError, ParameterError, Status } from '#assembly/shared/status.js';
import { RegisterType } from '#assembly/shared/value-type.js';
import type { ImageParameter } from '#src/image/parts.js';
import { sealImage, writeImage } from '#src/image/write-image.js';
import { readDecision, renderDecision } from '#src/schema/decision.js';
import { Decision } from '#src/schema/generated/verdict/wire.js';
import { Assembler } from '../../lib/image-assembler.js';
import { EngineBox } from '../../lib/image-engine.js';
import { payloadOf } from '../../lib/image-payload.js';
import { modelOf, objectSchema } from '../../lib/model.js';

const model = modelOf(objectSchema({ risk: { type: 'number' } }));
const box = new EngineBox({ inputBytes: 1 << 17 });
const BLOCK = box.input + 32768;
const f64 = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0]!;

const PARAMETERS: ImageParameter[] = [
  { set: 'limits', name: 'amount', type: RegisterType.I64, min: -5n, max: 100n, textMax: 0 },
  { set: 'limits', name: 'isOpen', type: RegisterType.BOOL, min: 0n, max: 0n, textMax: 0 },
  { set: 'limits', name: 'word', type: RegisterType.TEXT, min: 0n, max: 0n, textMax: 4 },
  { set: 'rates', name: 'rate', type: RegisterType.F64, min: f64(-1), max: f64(1), textMax: 0 },
];
const LIMITS = '0123456789abcdef';
const RATES = 'fedcba9876543210';

/** Loads each parameter, and puts it out. */
function expressionImage(parameters = PARAMETERS): Uint8Array {
  const assembler = new Assembler(model);
  for (const [index, { type, textMax }] of parameters.entries()) {
    const register = assembler.temporary(type, type === RegisterType.TEXT ? { max: textMax } : {});
    assembler.op(Opcode.PARAMETER, { a: register, imm: BigInt(index) }).op(Opcode.OUT, { a: register, b: type });
  }
  return writeImage(assembler.expressions(parameters.length, { parameters }));
}

interface Bound {
  amount?: bigint;
  isOpen?: bigint;
  word?: string | Uint8Array;
  rate?: number;
  versions?: readonly string[];
}

/** Writes a block; texts lie behind the bindings. @returns its bytes */
function bind({ amount = 7n, isOpen = 1n, word = 'wörd'.slice(0, 3), rate = 0.5, versions }: Bound = {}): number {
  const text = typeof word === 'string' ? new TextEncoder().encode(word) : word;
  const textAt = BLOCK + PARAMETERS.length * PARAMETER_BINDING_BYTES;
  const bits = [amount, isOpen, BigInt(textAt) | (BigInt(text.length) << 32n), f64(rate)];
  for (const [index, value] of bits.entries()) {
    const binding = BLOCK + index * PARAMETER_BINDING_BYTES;
    box.view.setBigUint64(binding + PARAMETER_VALUE, BigInt.asUintN(64, value), true);
    const version = versions?.[index] ?? (index < 3 ? LIMITS : RATES);
    box.bytes.set(new TextEncoder().encode(version), binding + PARAMETER_VERSION);
  }
  box.bytes.set(text, textAt);
  return PARAMETERS.length * PARAMETER_BINDING_BYTES + text.length;
}

const verify = (bytes: number, address = BLOCK): string =>
  ParameterError[box.exports.verifyParameters(box.image, address, bytes)] as string;

describe('a block', () => {
  const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
  const cases: [string, Bound, string][] = [
    ['of good values', {}, 'NONE'],
    ['with the least values', { amount: -5n, isOpen: 0n, word: '', rate: -1 }, 'NONE'],
    ['with the largest values', { amount: 100n, word: '😀', rate: 1 }, 'NONE'],
    ['with an integer below', { amount: -6n }, 'BAD_VALUE'],
    ['with an integer above', { amount: 101n }, 'BAD_VALUE'],
    ['with the largest integer', { amount: 2n ** 63n - 1n }, 'BAD_VALUE'],
    ['with a boolean that is none', { isOpen: 2n }, 'BAD_VALUE'],
    ['with a boolean of high bits', { isOpen: 1n << 40n }, 'BAD_VALUE'],
    ['with a number below', { rate: -1.0000001 }, 'BAD_VALUE'],
    ['with a number above', { rate: 1.5 }, 'BAD_VALUE'],
    ['with infinity', { rate: Number.POSITIVE_INFINITY }, 'BAD_VALUE'],
    ['with NaN', { rate: Number.NaN }, 'BAD_VALUE'],
    ['with a text too long', { word: 'abcde' }, 'BAD_TEXT'],
    ['with a text that is cut', { word: bytes(0x61, 0xc3) }, 'BAD_TEXT'],
    ['with half of a surrogate pair', { word: bytes(0xed, 0xa0, 0x80) }, 'BAD_TEXT'],
    ['with an overlong form', { word: bytes(0xc0, 0x80) }, 'BAD_TEXT'],
    ['with a version of other characters', { versions: ['0123456789abcdeF'] }, 'BAD_VERSION'],
    ['with two versions of one set', { versions: [LIMITS, RATES] }, 'BAD_VERSION'],
  ];
  test.each(cases)('%s', (_, bound, expected) => {
    box.mustLoad(expressionImage());
    expect(verify(bind(bound))).toBe(expected);
  });

  it('that is not of its size, or lies elsewhere', () => {
    box.mustLoad(expressionImage());
    const length = bind({ word: 'abcd' });
    expect(verify(length - 1)).toBe('BAD_TEXT');
    expect(verify(PARAMETERS.length * PARAMETER_BINDING_BYTES - 1)).toBe('BAD_SIZE');
    expect(verify(0)).toBe('BAD_SIZE');
    expect(verify(length, BLOCK + 4)).toBe('BAD_SIZE');
  });

  it('with a text that lies outside', () => {
    box.mustLoad(expressionImage());
    const length = bind({ word: 'abcd' });
    const word = BLOCK + 2 * PARAMETER_BINDING_BYTES;
    for (const start of [0, BLOCK, BLOCK + length - 3, BLOCK + length, 0xffffffff, 0xfffffffe]) {
      box.view.setUint32(word, start, true);
      expect(verify(length)).toBe('BAD_TEXT');
    }
  });

  it('for an image that reads none', () => {
    box.mustLoad(writeImage(new Assembler(model).decision([])));
    expect(verify(bind())).toBe('BAD_SIZE');
  });
});

describe('a program', () => {
  it('loads what is bound', () => {
    box.mustLoad(expressionImage());
    expect(verify(bind())).toBe('NONE');
    const { status, values } = box.evaluate(payloadOf(model, { risk: 1 }), { parameters: BLOCK });
    expect([status, values]).toEqual([Status.OK, [7n, true, 'wör', 0.5]]);
  });

  it('is not run where nothing is bound', () => {
    box.mustLoad(expressionImage());
    expect(box.evaluate(payloadOf(model, { risk: 1 })).status).toBe(Status.LIST_MISSING);
  });

  it('has its versions in the decision, in bytes and as JSON', () => {
    const assembler = new Assembler(model);
    assembler.op(Opcode.PARAMETER, { a: assembler.temporary(RegisterType.I64), imm: 0n });
    box.mustLoad(writeImage(assembler.decision([], { parameters: PARAMETERS })));
    bind();
    const { bytes } = box.decide([payloadOf(model, { risk: 1 })], { parameters: BLOCK }).decisions[0]!;
    const versions = [
      { name: 'limits', version: LIMITS },
      { name: 'rates', version: RATES },
    ];
    expect(readDecision(bytes).inputs).toEqual({ now: null, lists: [], parameters: versions });
    expect(JSON.parse(renderDecision(bytes))).toEqual(readDecision(bytes));
    const inputs = Decision.getRootAsDecision(new ByteBuffer(bytes)).inputs()!;
    expect([inputs.listsLength(), inputs.parametersLength(), inputs.parameters(1)!.version()]).toEqual([0, 2, RATES]);
  });

  it('whose payload is refused names them too', () => {
    const assembler = new Assembler(model);
    assembler.op(Opcode.PARAMETER, { a: assembler.temporary(RegisterType.I64), imm: 0n });
    box.mustLoad(writeImage(assembler.decision([], { parameters: PARAMETERS })));
    bind();
    const { status, bytes } = box.decide([new Uint8Array(8)], { parameters: BLOCK }).decisions[0]!;
    expect([status, readDecision(bytes).inputs.parameters?.[0]?.version]).toEqual([Status.INVALID_PAYLOAD, LIMITS]);
  });
});

describe('an image is refused', () => {
  const descriptor = (index: number) => (view: DataView) => view.getUint32(at.IMAGE_PARAMETERS, true) + index * at.PARAMETER_BYTES;
  const template = (view: DataView): number => view.getUint32(at.IMAGE_TEMPLATE, true);
  const code = (view: DataView): number => view.getUint32(at.IMAGE_CODE, true);
  /** Changes a u32 (or as many bytes as it is given) of the sealed image. */
  const cases: [string, (view: DataView) => number, number | bigint, string][] = [
    ['a type that no parameter has', (view) => descriptor(0)(view) + at.PARAMETER_TYPE, RegisterType.LIST, 'BAD_PARAMETER'],
    ['a type of none', (view) => descriptor(0)(view) + at.PARAMETER_TYPE, 0, 'BAD_PARAMETER'],
    ['an integer with a length', (view) => descriptor(0)(view) + at.PARAMETER_TEXT_MAX, 1, 'BAD_PARAMETER'],
    ['reserved bytes', (view) => descriptor(0)(view) + 12, 1, 'BAD_PARAMETER'],
    ['bounds that hold nothing', (view) => descriptor(0)(view) + at.PARAMETER_MIN, 101n, 'BAD_PARAMETER'],
    ['a bound that is NaN', (view) => descriptor(3)(view) + at.PARAMETER_MIN, f64(Number.NaN), 'BAD_PARAMETER'],
    ['a boolean with a bound', (view) => descriptor(1)(view) + at.PARAMETER_MAX, 1n, 'BAD_PARAMETER'],
    ['a text longer than any', (view) => descriptor(2)(view) + at.PARAMETER_TEXT_MAX, 262145, 'BAD_PARAMETER'],
    ['a text longer than its register', (view) => descriptor(2)(view) + at.PARAMETER_TEXT_MAX, 5, 'BAD_OPERAND'],
    ['a register of another type', (view) => descriptor(3)(view) + at.PARAMETER_TYPE, RegisterType.I64, 'BAD_OPERAND'],
    ['a parameter that is not there', (view) => code(view) + 8, 4n, 'BAD_OPERAND'],
    ['a parameter far away', (view) => code(view) + 8, 2n ** 63n, 'BAD_OPERAND'],
    ['a version elsewhere', (view) => descriptor(0)(view) + at.PARAMETER_VERSION_AT, 40, 'BAD_PARAMETER'],
    ['a version outside', (view) => descriptor(3)(view) + at.PARAMETER_VERSION_AT, 0xfffffff0, 'BAD_PARAMETER'],
    ['no place for the sets', (view) => template(view) + 116, 0, 'BAD_TEMPLATE'],
    ['sets far away', (view) => template(view) + 116, 0xfffffff0, 'BAD_TEMPLATE'],
  ];
  test.each(cases)('%s', (_, place, value, expected) => {
    const image = expressionImage();
    const view = new DataView(image.buffer, image.byteOffset);
    if (typeof value === 'bigint') view.setBigUint64(place(view), value, true);
    else view.setUint32(place(view), value, true);
    sealImage(image);
    expect(ImageError[box.load(image)]).toBe(expected);
  });

  test('a set without parameters', () => {
    const image = expressionImage();
    const view = new DataView(image.buffer, image.byteOffset);
    const first = view.getUint32(descriptor(0)(view) + at.PARAMETER_VERSION_AT, true);
    view.setUint32(descriptor(3)(view) + at.PARAMETER_VERSION_AT, first, true);
    sealImage(image);
    expect(ImageError[box.load(image)]).toBe('BAD_PARAMETER');
  });

  test('a result in a field of the payload', () => {
    const assembler = new Assembler(model);
    assembler.op(Opcode.PARAMETER, { a: assembler.field('risk'), imm: 3n });
    expect(ImageError[box.load(writeImage(assembler.decision([], { parameters: PARAMETERS })))]).toBe('BAD_OPERAND');
  });

  test('every changed byte of its descriptors and its template is refused or harmless', () => {
    const image = expressionImage();
    const view = new DataView(image.buffer, image.byteOffset);
    const places = [
      ...Array.from({ length: PARAMETERS.length * at.PARAMETER_BYTES }, (_, index) => descriptor(0)(view) + index),
      ...Array.from({ length: view.getUint32(at.IMAGE_TEMPLATE_BYTES, true) }, (_, index) => template(view) + index),
    ];
    let loaded = 0;
    for (const place of places) {
      for (const bit of [0, 3, 7]) {
        const changed = image.slice();
        changed[place] = changed[place]! ^ (1 << bit);
        sealImage(changed);
        if (box.load(changed) !== ImageError.NONE || verify(bind()) !== 'NONE') continue;
        loaded++;
        expect(box.evaluate(payloadOf(model, { risk: 1 }), { parameters: BLOCK }).status).toBe(Status.OK);
      }
    }
    expect(loaded).toBeGreaterThan(0);
  });
});
