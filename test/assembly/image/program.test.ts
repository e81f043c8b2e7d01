// What the image verifier asks of loops, calls, fields, lists of the tenant, texts and cost: each rule broken once.

import { describe, expect, test } from 'vitest';
import { FunctionId } from '#assembly/shared/function.js';
import * as at from '#assembly/shared/image.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { ImageError, Status } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { caseBlob } from '#src/compiler/unicode/case-blob.js';
import { zoneBlob } from '#src/compiler/zones/zone-blob.js';
import type { ImageParts, ImageRegister } from '#src/image/parts.js';
import { sealImage, writeImage } from '#src/image/write-image.js';
import { Assembler } from '../../lib/image-assembler.js';
import { EngineBox } from '../../lib/image-engine.js';
import { modelOf } from '../../lib/image-model.js';

const { F64, I64, BOOL, TEXT, OBJECT, LIST, CURSOR, WIDE_LOW } = RegisterType;
const model = modelOf([
  { name: 's', kind: FieldKind.TEXT, maximum: 10 },
  { name: 'x', kind: FieldKind.DOUBLE },
  { name: 'numbers', kind: FieldKind.LIST, maximum: 5, items: { kind: FieldKind.DOUBLE } },
  { name: 'texts', kind: FieldKind.LIST, maximum: 5, items: { kind: FieldKind.TEXT, maximum: 3 } },
  {
    name: 'items',
    kind: FieldKind.LIST,
    maximum: 5,
    fields: [
      { name: 'n', kind: FieldKind.DOUBLE },
      { name: 'text', kind: FieldKind.TEXT, maximum: 3 },
      { name: 'o', kind: FieldKind.OBJECT, fields: [{ name: 'y', kind: FieldKind.DOUBLE }] },
      { name: 'inner', kind: FieldKind.LIST, maximum: 4, items: { kind: FieldKind.INT } },
    ],
  },
]);
const box = new EngineBox({ imageBytesMax: 4194304 });

function verify(emit: (a: Assembler) => unknown, options: Partial<ImageParts> = {}): string {
  const assembler = new Assembler(model);
  emit(assembler);
  return ImageError[box.load(writeImage(assembler.decision([], options)))]!;
}

const tableOf = (path: string): number => model.fields.find((field) => field.path === path)!.child!;

describe('loops', () => {
  /** FOR r0 ... NEXT over `numbers` (register 2), at instruction 0, with its parts changed. */
  interface Loop {
    forB?: number;
    forC?: number;
    nextB?: number;
    nextC?: number;
    nextOp?: Opcode;
    cursorMax?: number;
    secondCursor?: boolean;
    /** Instructions before the FOR. */
    before?: (a: Assembler) => unknown;
    body?: (a: Assembler, cursor: number) => unknown;
    bodyCount?: number;
    after?: (a: Assembler) => unknown;
  }
  const LIST_AT = 2;

  function loop(parts: Loop): string {
    return verify((a) => {
      const cursor = a.temporary(CURSOR, { max: parts.cursorMax ?? 5 });
      const other = a.temporary(CURSOR, { max: 5 });
      parts.before?.(a);
      const count = parts.bodyCount ?? 0;
      a.op(Opcode.FOR, { a: cursor, b: parts.forB ?? LIST_AT, c: parts.forC ?? count + 2 });
      parts.body?.(a, cursor);
      const next = { a: parts.secondCursor === true ? other : cursor, b: parts.nextB ?? LIST_AT, c: parts.nextC ?? count };
      a.op(parts.nextOp ?? Opcode.NEXT, next);
      parts.after?.(a);
    });
  }
  const noop = (a: Assembler): unknown => a.op(Opcode.RESET_TEXT);
  const jump = (c: number) => (a: Assembler) => a.op(Opcode.JUMP, { c });
  const two = { bodyCount: 2, body: (a: Assembler) => a.op(Opcode.RESET_TEXT).op(Opcode.RESET_TEXT) };
  const inner = (a: Assembler, cursor: number): unknown =>
    a.op(Opcode.FOR, { a: cursor, b: LIST_AT, c: 2 }).op(Opcode.NEXT, { a: cursor, b: LIST_AT, c: 0 });

  const cases: [string, string, Loop][] = [
    ['empty', 'NONE', {}],
    ['with a body', 'NONE', two],
    ['a larger cursor', 'NONE', { cursorMax: 6 }],
    ['a cursor too small for the list', 'BAD_OPERAND', { cursorMax: 4 }],
    ['over no list', 'BAD_OPERAND', { forB: 0 }],
    ['FOR that ends before its NEXT', 'BAD_JUMP', { ...two, forC: 3 }],
    ['FOR that ends behind its NEXT', 'BAD_JUMP', { ...two, forC: 5, after: noop }],
    ['FOR that ends at once', 'BAD_JUMP', { forC: 1 }],
    ['FOR that jumps behind the code', 'BAD_JUMP', { forC: 9 }],
    ['NEXT that goes back before its FOR', 'BAD_JUMP', { ...two, nextC: 4, before: noop }],
    ['NEXT that goes back to its FOR', 'BAD_JUMP', { ...two, nextC: 3 }],
    ['NEXT that goes back into the body', 'BAD_JUMP', { ...two, nextC: 1 }],
    ['NEXT of another list', 'BAD_JUMP', { nextB: 3 }],
    ['NEXT of another cursor', 'BAD_JUMP', { secondCursor: true }],
    ['NEXT_PIECE for NEXT', 'BAD_OPERAND', { nextOp: Opcode.NEXT_PIECE }],
    ['no NEXT', 'BAD_JUMP', { nextOp: Opcode.RESET_TEXT }],
    ['NEXT without FOR', 'BAD_JUMP', { after: (a) => a.op(Opcode.NEXT, { a: 5, b: LIST_AT, c: 0 }) }],
    ['a jump to the FOR', 'NONE', { before: jump(1) }],
    ['a jump to behind the NEXT', 'NONE', { ...two, before: jump(5), after: noop }],
    ['a jump into the body', 'BAD_JUMP', { ...two, before: jump(2) }],
    ['a jump to the NEXT', 'BAD_JUMP', { ...two, before: jump(4) }],
    ['a jump inside the body', 'NONE', { bodyCount: 2, body: (a) => a.op(Opcode.JUMP, { c: 2 }).op(Opcode.RESET_TEXT) }],
    ['a jump out of the body', 'NONE', { bodyCount: 2, body: (a) => a.op(Opcode.JUMP, { c: 3 }).op(Opcode.RESET_TEXT) }],
    ['END inside', 'NONE', { bodyCount: 2, body: (a) => a.op(Opcode.END).op(Opcode.RESET_TEXT) }],
    ['the same cursor inside', 'BAD_JUMP', { bodyCount: 2, body: inner }],
    ['another cursor inside', 'NONE', { bodyCount: 2, body: (a) => inner(a, a.temporary(CURSOR, { max: 5 })) }],
    ['the same cursor behind', 'NONE', { after: (a) => inner(a, 5) }],
    [
      'a cursor that MOVE writes',
      'BAD_OPERAND',
      { bodyCount: 1, body: (a, cursor) => a.op(Opcode.MOVE, { a: cursor, b: cursor }) },
    ],
    ['a cursor that CONST writes', 'BAD_OPERAND', { bodyCount: 1, body: (a, cursor) => a.op(Opcode.CONST, { a: cursor }) }],
  ];
  for (const [name, error, parts] of cases) test(name, () => expect(loop(parts)).toBe(error));

  test('loops that cross each other', () => {
    const crossed = verify((a) => {
      const [first, second] = [1, 2].map(() => a.temporary(CURSOR, { max: 5 })) as [number, number];
      a.op(Opcode.FOR, { a: first, b: LIST_AT, c: 3 }).op(Opcode.FOR, { a: second, b: LIST_AT, c: 3 });
      a.op(Opcode.NEXT, { a: first, b: LIST_AT, c: 1 }).op(Opcode.NEXT, { a: second, b: LIST_AT, c: 1 });
    });
    expect(crossed).toBe('BAD_JUMP');
  });

  test('as deep as LOOP_DEPTH_MAX', () => {
    const nested = (depth: number): string =>
      verify((a) => {
        const cursors = Array.from({ length: depth }, () => a.temporary(CURSOR, { max: 5 }));
        for (const [level, cursor] of cursors.entries()) a.op(Opcode.FOR, { a: cursor, b: LIST_AT, c: 2 * (depth - level) });
        for (const [level, cursor] of [...cursors.entries()].reverse()) {
          a.op(Opcode.NEXT, { a: cursor, b: LIST_AT, c: 2 * (depth - level) - 2 });
        }
      });
    expect(nested(8)).toBe('NONE');
    expect(nested(9)).toBe('BAD_JUMP');
  });

  test('a jump far away is found again in the ring of jumps', () => {
    const before = verify((a) => {
      const cursor = a.temporary(CURSOR, { max: 5 });
      a.op(Opcode.JUMP, { c: 65535 });
      for (let i = 1; i < 65535; i++) a.op(Opcode.RESET_TEXT);
      a.op(Opcode.FOR, { a: cursor, b: LIST_AT, c: 2 }).op(Opcode.NEXT, { a: cursor, b: LIST_AT, c: 0 });
    });
    // The jump ends at the FOR itself.
    expect(before).toBe('NONE');
    const inside = verify((a) => {
      const cursor = a.temporary(CURSOR, { max: 5 });
      for (let i = 0; i < 70000; i++) a.op(Opcode.RESET_TEXT);
      a.op(Opcode.JUMP, { c: 65535 });
      for (let i = 1; i < 65534; i++) a.op(Opcode.RESET_TEXT);
      a.op(Opcode.FOR, { a: cursor, b: LIST_AT, c: 2 }).op(Opcode.NEXT, { a: cursor, b: LIST_AT, c: 0 });
    });
    expect(inside).toBe('BAD_JUMP');
  });

  describe('of pieces', () => {
    function pieces(
      change: { cursorMax?: number; forImm?: bigint; nextImm?: bigint; nextB?: number; nextC?: number } = {},
    ): string {
      return verify((a) => {
        const cursor = a.temporary(CURSOR, { max: change.cursorMax ?? 41 });
        const cut = a.temporary(TEXT);
        const piece = a.temporary(TEXT, { max: 40 });
        a.op(Opcode.FOR_PIECE, { a: cursor, b: 0, c: cut, imm: change.forImm ?? 3n });
        a.op(Opcode.PIECE, { a: piece, b: 0, c: cursor });
        a.op(Opcode.NEXT_PIECE, { a: cursor, b: change.nextB ?? 0, c: change.nextC ?? cut, imm: change.nextImm ?? 1n });
      });
    }
    test('good', () => expect(pieces()).toBe('NONE'));
    test('a cursor of fewer rounds than pieces', () => expect(pieces({ cursorMax: 40 })).toBe('BAD_OPERAND'));
    test('of another text', () => expect(pieces({ nextB: 6 })).toBe('BAD_JUMP'));
    test('at another separator', () => expect(pieces({ nextC: 0 })).toBe('BAD_JUMP'));
    test('back to its FOR', () => expect(pieces({ nextImm: 2n })).toBe('BAD_JUMP'));
    test('not to its end', () => expect(pieces({ forImm: 2n })).toBe('BAD_JUMP'));
    test('further than 32 bits', () => expect(pieces({ forImm: 2n ** 32n + 3n })).toBe('BAD_JUMP'));
    test('further than 16 bits', () => expect(pieces({ forImm: 65536n + 3n })).toBe('BAD_JUMP'));
  });
});

describe('elements and fields', () => {
  /** One instruction over registers made for it. */
  const one = (op: Opcode, operands: (a: Assembler) => object) => verify((a) => a.op(op, operands(a)));
  const into = (type: RegisterType, options: Omit<ImageRegister, 'type'> = {}, list = 'numbers') =>
    one(Opcode.ELEMENT, (a) => ({ a: a.temporary(type, options), b: a.field(list), c: a.temporary(CURSOR) }));

  test('an element goes into a register of its type', () => {
    expect(into(F64)).toBe('NONE');
    for (const type of [I64, BOOL, TEXT, OBJECT]) expect(into(type)).toBe('BAD_OPERAND');
    expect(into(TEXT, { max: 12 }, 'texts')).toBe('NONE');
    expect(into(TEXT, { max: 11 }, 'texts')).toBe('BAD_OPERAND');
    expect(into(OBJECT, { table: tableOf('items') }, 'items')).toBe('NONE');
    expect(into(OBJECT, { table: 0 }, 'items')).toBe('BAD_OPERAND');
    expect(one(Opcode.ELEMENT, (a) => ({ a: 1, b: a.field('numbers'), c: a.temporary(CURSOR) }))).toBe('BAD_OPERAND');
    expect(one(Opcode.ELEMENT, (a) => ({ a: a.temporary(F64), b: a.field('x'), c: a.temporary(CURSOR) }))).toBe('BAD_OPERAND');
    expect(one(Opcode.ELEMENT, (a) => ({ a: a.temporary(F64), b: a.field('numbers'), c: 1 }))).toBe('BAD_OPERAND');
  });

  test('a text of a list whose table has no text', () => {
    const wrong = one(Opcode.ELEMENT, (a) => {
      const list = a.temporary(LIST, { element: FieldKind.TEXT, table: tableOf('numbers'), max: 5 });
      return { a: a.temporary(TEXT), b: list, c: a.temporary(CURSOR) };
    });
    expect(wrong).toBe('BAD_OPERAND');
  });

  const fields: [string, string, RegisterType, Omit<ImageRegister, 'type'>][] = [
    ['items[].n', 'NONE', F64, {}],
    ['items[].n', 'BAD_OPERAND', I64, {}],
    ['items[].text', 'NONE', TEXT, { max: 12 }],
    ['items[].text', 'BAD_OPERAND', TEXT, { max: 11 }],
    ['items[].o', 'NONE', OBJECT, { table: tableOf('items[].o') }],
    ['items[].o', 'BAD_OPERAND', OBJECT, { table: tableOf('items') }],
    ['items[].inner', 'NONE', LIST, { element: FieldKind.INT, table: tableOf('items[].inner'), max: 4 }],
    ['items[].inner', 'BAD_OPERAND', LIST, { element: FieldKind.INT, table: tableOf('items[].inner'), max: 3 }],
    ['items[].inner', 'BAD_OPERAND', LIST, { element: FieldKind.DOUBLE, table: tableOf('items[].inner'), max: 4 }],
    ['items[].inner', 'BAD_OPERAND', LIST, { element: FieldKind.INT, table: 0, max: 4 }],
    ['items[].o.y', 'BAD_OPERAND', F64, {}],
    ['x', 'BAD_OPERAND', F64, {}],
  ];
  for (const [path, error, type, options] of fields) {
    test(`FIELD ${path} into ${RegisterType[type]} ${JSON.stringify(options)}`, () => {
      const object = { table: tableOf('items') };
      const imm = BigInt(model.fields.findIndex((field) => field.path === path));
      expect(one(Opcode.FIELD, (a) => ({ a: a.temporary(type, options), b: a.temporary(OBJECT, object), imm }))).toBe(error);
    });
  }

  test('IF_FIELD_NULL asks an object for a field of its own', () => {
    const imm = BigInt(model.fields.findIndex((field) => field.path === 'items[].n'));
    for (const op of [Opcode.IF_FIELD_NULL, Opcode.IF_FIELD_NOT_NULL]) {
      const ask = (table: number, field: bigint) => one(op, (a) => ({ a: a.temporary(OBJECT, { table }), c: 1, imm: field }));
      expect(ask(tableOf('items'), imm)).toBe('NONE');
      expect(ask(0, imm)).toBe('BAD_OPERAND');
      expect(ask(tableOf('items'), 1000n)).toBe('BAD_OPERAND');
      expect(ask(tableOf('items'), imm | (1n << 32n))).toBe('BAD_OPERAND');
      expect(one(op, () => ({ a: 1, c: 1, imm }))).toBe('BAD_OPERAND');
    }
  });
});

describe('texts fit their registers', () => {
  const sized = (op: Opcode, a: number, b: number, c: number) =>
    verify((assembler) => {
      const [left, right, result] = [b, c, a].map((max) => assembler.temporary(TEXT, { max })) as [number, number, number];
      assembler.op(op, { a: result, b: left, c: right });
    });
  test('TEXT_CONCAT', () => {
    expect(sized(Opcode.TEXT_CONCAT, 7, 3, 4)).toBe('NONE');
    expect(sized(Opcode.TEXT_CONCAT, 6, 3, 4)).toBe('BAD_OPERAND');
    expect(sized(Opcode.TEXT_CONCAT, 0xffffffff, 0xffffffff, 1)).toBe('BAD_OPERAND');
  });
  test('MOVE', () => {
    expect(sized(Opcode.MOVE, 3, 3, 0)).toBe('NONE');
    expect(sized(Opcode.MOVE, 2, 3, 0)).toBe('BAD_OPERAND');
  });
  test('MOVE of lists and objects', () => {
    const moved = (type: RegisterType, to: Omit<ImageRegister, 'type'>, from: Omit<ImageRegister, 'type'>) =>
      verify((a) => a.op(Opcode.MOVE, { a: a.temporary(type, to), b: a.temporary(type, from) }));
    const list = { element: FieldKind.DOUBLE, table: tableOf('numbers'), max: 5 };
    expect(moved(LIST, list, list)).toBe('NONE');
    for (const other of [{ max: 4 }, { table: 0 }, { element: FieldKind.INT }])
      expect(moved(LIST, { ...list, ...other }, list)).toBe('BAD_OPERAND');
    expect(moved(OBJECT, { table: 0 }, { table: 1 })).toBe('BAD_OPERAND');
  });
  test('CONST_TEXT', () => {
    const constant = (max: number) => verify((a) => a.op(Opcode.CONST_TEXT, { a: a.temporary(TEXT, { max }), text: 'abc' }));
    expect(constant(3)).toBe('NONE');
    expect(constant(2)).toBe('BAD_OPERAND');
  });
  test('a field register too small for its field', () => {
    const change = (path: string, more: object) => {
      const assembler = new Assembler(model);
      const parts = assembler.decision([]);
      const register = assembler.field(path);
      const registers = parts.registers.map((own, index) => (index === register ? { ...own, ...more } : own));
      return ImageError[box.load(writeImage({ ...parts, registers }))];
    };
    expect(change('s', { max: 40 })).toBe('NONE');
    expect(change('s', { max: 39 })).toBe('BAD_REGISTER');
    expect(change('numbers', { max: 4 })).toBe('BAD_REGISTER');
    expect(change('numbers', { element: FieldKind.INT })).toBe('BAD_REGISTER');
    expect(change('numbers', { table: tableOf('texts') })).toBe('BAD_REGISTER');
  });
});

describe('CALL', () => {
  const blobs = [
    { kind: at.BlobKind.CASE, bytes: caseBlob() },
    { kind: at.BlobKind.ZONE, bytes: zoneBlob('Europe/Paris')! },
  ];
  const call = (
    id: number,
    type: RegisterType,
    b: (a: Assembler) => number,
    more: { c?: number; d?: bigint; literal?: bigint; max?: number } = {},
  ) =>
    verify(
      (a) => {
        const out = a.temporary(type, { max: more.max ?? 0 });
        const imm = BigInt(id) | ((more.d ?? 0n) << 16n) | ((more.literal ?? 0n) << 32n);
        a.op(Opcode.CALL, { a: out, b: b(a), c: more.c ?? 0, imm });
      },
      { blobs },
    );
  const text = (a: Assembler): number => a.field('s');
  const number = (a: Assembler): number => a.field('x');
  const integer = (a: Assembler): number => a.temporary(I64);
  const wide = (a: Assembler): number => a.temporary(WIDE_LOW);

  const cases: [string, string, () => string][] = [
    ['good', 'NONE', () => call(FunctionId.TEXT_LENGTH, F64, text)],
    ['no function', 'BAD_OPERAND', () => call(0, F64, text)],
    ['an unknown function', 'BAD_OPERAND', () => call(13, F64, text)],
    ['function 65535', 'BAD_OPERAND', () => call(65535, F64, text)],
    ['a result of another type', 'BAD_OPERAND', () => call(FunctionId.TEXT_LENGTH, I64, text)],
    ['an argument of another type', 'BAD_OPERAND', () => call(FunctionId.TEXT_LENGTH, F64, number)],
    ['an argument that is none', 'BAD_OPERAND', () => call(FunctionId.TEXT_LENGTH, F64, () => 4096)],
    ['a second argument too many', 'BAD_OPERAND', () => call(FunctionId.TEXT_LENGTH, F64, text, { c: 1 })],
    ['a third argument too many', 'BAD_OPERAND', () => call(FunctionId.TEXT_LENGTH, F64, text, { d: 1n })],
    ['a third argument of another type', 'BAD_OPERAND', () => call(FunctionId.TEXT_INDEX_OF, F64, text, { d: 0n })],
    ['a third argument', 'NONE', () => call(FunctionId.TEXT_INDEX_OF, F64, text, { d: 1n })],
    ['a literal too many', 'BAD_OPERAND', () => call(FunctionId.TEXT_LENGTH, F64, text, { literal: 1n })],
    [
      'a result that goes into a field',
      'BAD_OPERAND',
      () => verify((a) => a.op(Opcode.CALL, { a: 1, b: 1, imm: BigInt(FunctionId.F64_ABS) })),
    ],
    ['a text that fits', 'NONE', () => call(FunctionId.TEXT_TRIM, TEXT, text, { max: 40 })],
    ['a text that may be too long', 'BAD_OPERAND', () => call(FunctionId.TEXT_TRIM, TEXT, text, { max: 39 })],
    ['a mapped text that fits', 'NONE', () => call(FunctionId.TEXT_UPPER, TEXT, text, { max: 120 })],
    ['a mapped text that may be too long', 'BAD_OPERAND', () => call(FunctionId.TEXT_UPPER, TEXT, text, { max: 119 })],
    ['a blob of another kind', 'BAD_OPERAND', () => call(FunctionId.TEXT_UPPER, TEXT, text, { max: 120, literal: 1n })],
    ['a blob beyond', 'BAD_OPERAND', () => call(FunctionId.TEXT_UPPER, TEXT, text, { max: 120, literal: 2n })],
    ['a zone', 'NONE', () => call(FunctionId.TIME_YEAR, F64, integer, { literal: 1n })],
    ['a zone that is none', 'BAD_OPERAND', () => call(FunctionId.TIME_YEAR, F64, integer)],
    ['38 digits', 'NONE', () => call(FunctionId.DECIMAL_ROUND, WIDE_LOW, wide, { literal: 38n })],
    ['39 digits', 'BAD_OPERAND', () => call(FunctionId.DECIMAL_ROUND, WIDE_LOW, wide, { literal: 39n })],
    ['the last rounding', 'NONE', () => call(FunctionId.DECIMAL_ROUND, WIDE_LOW, wide, { literal: 0x300n })],
    ['no such rounding', 'BAD_OPERAND', () => call(FunctionId.DECIMAL_ROUND, WIDE_LOW, wide, { literal: 0x400n })],
    [
      'no time at all',
      'BAD_OPERAND',
      () =>
        verify((a) => a.op(Opcode.CALL, { a: a.temporary(F64), b: a.temporary(I64), c: 6, imm: BigInt(FunctionId.TIME_SINCE) })),
    ],
  ];
  for (const [name, error, run] of cases) test(name, () => expect(run()).toBe(error));
});

test('FAIL names a status that a payload can have', () => {
  for (let status = 0; status < 12; status++) {
    const good = status === Status.ARITHMETIC || status === Status.CONFLICT;
    expect(verify((a) => a.op(Opcode.FAIL, { imm: BigInt(status) }))).toBe(good ? 'NONE' : 'BAD_OPERAND');
  }
  expect(verify((a) => a.op(Opcode.FAIL, { imm: BigInt(Status.CONFLICT) | (1n << 32n) }))).toBe('BAD_OPERAND');
});

describe('lists of the tenant', () => {
  const lists = [
    { name: 'a', type: TEXT },
    { name: 'blocked', type: F64 },
  ] as const;
  const ask = (register: number, imm: bigint) => verify((a) => a.op(Opcode.IF_MEMBER, { a: register, c: 1, imm }), { lists });
  test('IF_MEMBER asks a list with members of the register’s type', () => {
    expect([ask(0, 0n), ask(1, 1n)]).toEqual(['NONE', 'NONE']);
    expect([ask(1, 0n), ask(0, 1n), ask(0, 2n), ask(0, 1n << 32n), ask(4096, 0n)]).toEqual(Array(5).fill('BAD_OPERAND'));
  });

  /** Changes an image with two lists. */
  function changed(change: (view: DataView, list: number, template: number) => void): string {
    const image = writeImage(new Assembler(model).decision([], { lists }));
    const view = new DataView(image.buffer);
    change(view, view.getUint32(at.IMAGE_LISTS, true), view.getUint32(at.IMAGE_TEMPLATE, true));
    sealImage(image);
    return ImageError[box.load(image)]!;
  }
  const u32 = (view: DataView, offset: number, value: number): void => view.setUint32(offset, value, true);
  // bundle at 120: 4 + 11 + 1; version at 136: 4 + 5 + 1, padded to 148; lists: count, 2 offsets; vtable at 160; tables at 168,
  // 212.
  const cases: [string, string, (view: DataView, list: number, template: number) => void][] = [
    ['as written', 'NONE', () => {}],
    ['a type that no list has', 'BAD_LIST', (v, list) => u32(v, list + at.LIST_TYPE, BOOL)],
    ['a version elsewhere', 'BAD_LIST', (v, list) => u32(v, list + at.LIST_VERSION_AT, 40)],
    [
      'versions exchanged',
      'BAD_LIST',
      (v, list) => u32(v, list + at.LIST_VERSION_AT, v.getUint32(list + at.LIST_BYTES + at.LIST_VERSION_AT, true)),
    ],
    ['a list too few', 'BAD_TEMPLATE', (v, _list, t) => u32(v, t + 148, 1)],
    ['an entry that leads elsewhere', 'BAD_TEMPLATE', (v, _list, t) => u32(v, t + 152, 20)],
    ['another vtable', 'BAD_TEMPLATE', (v, _list, t) => v.setUint16(t + 164, 8, true)],
    ['a table of another vtable', 'BAD_TEMPLATE', (v, _list, t) => u32(v, t + 168, 12)],
    ['a name that leads elsewhere', 'BAD_TEMPLATE', (v, _list, t) => u32(v, t + 172, 8)],
    ['a name too long', 'BAD_TEMPLATE', (v, _list, t) => u32(v, t + 204, 4096)],
    ['a version that leads elsewhere', 'BAD_TEMPLATE', (v, _list, t) => u32(v, t + 176, 8)],
    ['a version of 15 characters', 'BAD_TEMPLATE', (v, _list, t) => u32(v, t + 180, 15)],
    ['a bundle elsewhere', 'BAD_TEMPLATE', (v, _list, t) => u32(v, t + 76, 136 - 76)],
  ];
  for (const [name, error, change] of cases) test(name, () => expect(changed(change)).toBe(error));
});

describe('blobs', () => {
  const blobs = [
    { kind: at.BlobKind.ZONE, bytes: zoneBlob('Europe/Paris')! },
    { kind: at.BlobKind.CASE, bytes: caseBlob() },
  ];
  function changed(change: (view: DataView, blob: number, data: number) => void): string {
    const image = writeImage(new Assembler(model).decision([], { blobs }));
    const view = new DataView(image.buffer);
    change(view, view.getUint32(at.IMAGE_BLOBS, true), view.getUint32(at.IMAGE_DATA, true));
    sealImage(image);
    return ImageError[box.load(image)]!;
  }
  const cases: [string, string, (view: DataView, blob: number, data: number) => void][] = [
    ['as written', 'NONE', () => {}],
    ['of no kind', 'BAD_BLOB', (v, blob) => v.setUint32(blob + at.BLOB_KIND, 0, true)],
    ['of an unknown kind', 'BAD_BLOB', (v, blob) => v.setUint32(blob + at.BLOB_KIND, 4, true)],
    ['of another kind', 'BAD_BLOB', (v, blob) => v.setUint32(blob + at.BLOB_KIND, at.BlobKind.CASE, true)],
    ['not where the one before ends', 'BAD_BLOB', (v, blob) => v.setUint32(blob + at.BLOB_BYTES + at.BLOB_OFFSET, 0, true)],
    ['longer than the data', 'BAD_BLOB', (v, blob) => v.setUint32(blob + at.BLOB_BYTES + at.BLOB_SIZE, 0xfffffff8, true)],
    ['shorter than the data', 'BAD_BLOB', (v, blob) => v.setUint32(blob + at.BLOB_BYTES + at.BLOB_SIZE, 8, true)],
    ['a reserved word', 'BAD_BLOB', (v, blob) => v.setUint32(blob + 12, 1, true)],
    ['content that is no zone', 'BAD_BLOB', (v, _blob, data) => v.setUint32(data, 0xffffffff, true)],
  ];
  for (const [name, error, change] of cases) test(name, () => expect(changed(change)).toBe(error));
});

describe('cost', () => {
  /** The least cost that an image is accepted with. */
  function least(emit: (a: Assembler) => unknown, options: Partial<ImageParts> = {}): number {
    const assembler = new Assembler(model);
    emit(assembler);
    const parts = assembler.decision([], options);
    const accepted = (costMax: number): boolean => {
      const error = box.load(writeImage({ ...parts, costMax }));
      if (error !== ImageError.NONE) expect(ImageError[error]).toBe('BAD_COST');
      return error === ImageError.NONE;
    };
    expect(accepted(parts.costMax)).toBe(true);
    expect(accepted(parts.costMax * (1 - 1e-8))).toBe(false);
    expect(accepted(parts.costMax + 1000)).toBe(true);
    expect(accepted(0)).toBe(false);
    return parts.costMax;
  }
  const empty = least(() => {});

  test('of a payload: lists count with all of their elements', () => {
    // PAYLOAD 40; s 12 + 40 / 8; x 6; numbers 15 + 5 x 6; texts 15 + 5 x (12 + 12 / 8); items 15 + 5 x (6 + 13.5 + 15 + 6 + 15 + 4
    // x 6).
    const payload = 40 + 17 + 6 + 45 + 15 + 67.5 + 15 + 5 * (6 + 13.5 + 15 + 6 + 15 + 24);
    // END 3; a decision 40.
    expect(empty).toBe(payload + 3 + 40);
  });

  test('of loops: what is inside counts for each round, the FOR once', () => {
    const cost = least((a) => {
      const [outer, inner] = [5, 7].map((max) => a.temporary(CURSOR, { max })) as [number, number];
      const flag = a.temporary(BOOL);
      a.op(Opcode.FOR, { a: outer, b: 2, to: 'end' }).label('outer').op(Opcode.FOR, { a: inner, b: 2, to: 'next' }).label('inner');
      a.op(Opcode.CONST, { a: flag }).op(Opcode.NEXT, { a: inner, b: 2, to: 'inner' }).label('next');
      a.op(Opcode.NEXT, { a: outer, b: 2, to: 'outer' }).label('end');
    });
    expect(cost - empty).toBe(3 + 5 * (3 + 7 * (3 + 3) + 3));
  });

  test('of calls and texts: by the longest there can be', () => {
    const join = (max: number) =>
      least((a) => a.op(Opcode.TEXT_CONCAT, { a: a.temporary(TEXT, { max }), b: a.temporary(TEXT, { max: 0 }), c: 0 })) - empty;
    expect(join(80) - join(40)).toBe(5);
    const member = least((a) => a.op(Opcode.IF_MEMBER, { a: 0, c: 1 }), { lists: [{ name: 'a', type: TEXT }] });
    expect(member - empty).toBe(3 + 250 + 40 / 8 + 4);
  });
});
