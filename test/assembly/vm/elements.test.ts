// Lists of a payload, their elements and fields, pieces of texts, members of lists: every opcode of theirs, against JavaScript.

import { describe, expect, test } from 'vitest';
import { Opcode } from '#assembly/shared/opcode.js';
import { Status } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { writeList } from '#src/image/list.js';
import type { ImageList } from '#src/image/parts.js';
import { writeImage } from '#src/image/write-image.js';
import { ELEMENT_OPCODES } from '../../lib/element-opcodes.js';
import { Assembler } from '../../lib/image-assembler.js';
import { EngineBox, type Value } from '../../lib/image-engine.js';
import { modelOf } from '../../lib/image-model.js';
import { payloadOf, type WireObject, type WireValue } from '../../lib/image-payload.js';
import { toWtf8 } from '../../lib/wtf8.js';

const { F64, I64, BOOL, TEXT, OBJECT, LIST, CURSOR, WIDE_LOW } = RegisterType;
const COUNT_MAX = 100;
const list = (name: string, kind: FieldKind, more: object = {}) => ({
  name,
  kind: FieldKind.LIST,
  maximum: COUNT_MAX,
  items: { kind, ...more },
});
const model = modelOf([
  { name: 's', kind: FieldKind.TEXT, maximum: 4096 },
  { name: 't', kind: FieldKind.TEXT, maximum: 4096 },
  { name: 'x', kind: FieldKind.DOUBLE },
  { name: 'd', kind: FieldKind.DECIMAL, scale: 2 },
  list('doubles', FieldKind.DOUBLE),
  list('ints', FieldKind.INT),
  list('longs', FieldKind.LONG),
  list('decimals', FieldKind.DECIMAL, { scale: 2 }),
  list('times', FieldKind.TIMESTAMP),
  list('dates', FieldKind.DATE),
  list('bools', FieldKind.BOOL),
  list('enums', FieldKind.ENUM, { members: [0, 7].map((number) => ({ name: `M${number}`, number })), memberNumberMax: 7 }),
  list('texts', FieldKind.TEXT, { maximum: 1024 }),
  {
    name: 'items',
    kind: FieldKind.LIST,
    maximum: COUNT_MAX,
    fields: [
      { name: 'n', kind: FieldKind.DOUBLE },
      { name: 'i', kind: FieldKind.INT, default: 7 },
      { name: 'b', kind: FieldKind.BOOL, default: true },
      { name: 'd', kind: FieldKind.DECIMAL, scale: 2, default: -5n },
      { name: 'text', kind: FieldKind.TEXT, maximum: 64, default: 'Zoë' },
      { name: 'plain', kind: FieldKind.TEXT, maximum: 64 },
      { name: 'inner', kind: FieldKind.OBJECT, fields: [{ name: 'y', kind: FieldKind.DOUBLE }] },
      { ...list('tags', FieldKind.TEXT, { maximum: 8 }), maximum: 3 },
    ],
  },
]);

const box = new EngineBox({ inputBytes: 262144 });
const LISTS_AT = box.input + 131072;
const covered = new Set<number>();

interface Setup {
  lists?: ImageList[];
  regions?: (Uint8Array | undefined)[];
}

/** Runs a program over one payload; it writes as many values as it says. */
function attempt(program: (a: Assembler) => number, payload: WireObject, { lists = [], regions = [] }: Setup = {}) {
  const assembler = new Assembler(model);
  const parts = assembler.expressions(program(assembler), { lists });
  const view = new DataView(parts.code.buffer);
  for (let at = 0; at < parts.code.length; at += 16) covered.add(view.getUint16(at, true));
  box.mustLoad(writeImage(parts));
  return box.evaluate(payloadOf(model, payload), regions.length === 0 ? {} : { lists: box.bind(LISTS_AT, regions) });
}

function run(program: (a: Assembler) => number, payload: WireObject, setup: Setup = {}): Value[] {
  const { status, values } = attempt(program, payload, setup);
  expect(Status[status]).toBe('OK');
  return values;
}

/** Ends a program whose loop has written `count` values; null where it has none. An image has as many OUTs as values, at least. */
function valuesOfLoop(a: Assembler, count: number): number {
  if (count === 0) a.op(Opcode.OUT_NULL);
  a.op(Opcode.END);
  for (let i = 1; i < count; i++) a.op(Opcode.OUT_NULL);
  return Math.max(count, 1);
}

/** Every element of a list as a value of its own; the list has exactly `count`. */
function elements(path: string, type: RegisterType, count: number) {
  return (a: Assembler): number => {
    const field = model.fields[a.descriptor(path)]!;
    const cursor = a.temporary(CURSOR, { max: COUNT_MAX });
    const max = type === TEXT ? { max: 4 * Number(field.element!.maximum) } : {};
    const out = a.temporary(type, max);
    a.op(Opcode.FOR, { a: cursor, b: a.field(path), to: 'end' }).label('body');
    a.op(Opcode.ELEMENT, { a: out, b: a.field(path), c: cursor }).op(Opcode.OUT, { a: out, b: type });
    a.op(Opcode.NEXT, { a: cursor, b: a.field(path), to: 'body' }).label('end');
    return valuesOfLoop(a, count);
  };
}

describe('FOR, NEXT, ELEMENT', () => {
  const cases: [string, RegisterType, WireValue[]][] = [
    ['doubles', F64, [1.5, -0, Infinity, NaN, 5e-324]],
    ['ints', F64, [0, -1, 2 ** 31 - 1, -(2 ** 31)]],
    ['longs', F64, [0, -1, 2 ** 53 - 1, -(2 ** 53) + 1]],
    ['decimals', I64, [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]],
    ['times', I64, [-1n, 1700000000000000n]],
    ['dates', I64, [-719162n, 0n, 20000n]],
    ['bools', BOOL, [true, false, true]],
    ['enums', I64, [7n, 0n]],
    ['texts', TEXT, ['', 'a', 'Zoë', '😀 and more than eight']],
  ];
  for (const [path, type, values] of cases) {
    test(path, () => {
      for (let count = 0; count <= values.length; count++) {
        const given = values.slice(0, count);
        const expected = count === 0 ? [null] : given;
        expect(run(elements(path, type, count), { [path]: given }), `${count}`).toEqual(expected);
      }
    });
  }

  test('as many rounds as elements, up to the maximum', () => {
    const values = Array.from({ length: COUNT_MAX }, (_, index) => index * 1.5);
    expect(run(elements('doubles', F64, COUNT_MAX), { doubles: values })).toEqual(values);
  });

  test('a list that is null has no elements', () => {
    expect(run(elements('doubles', F64, 0), {})).toEqual([null]);
  });

  test('loops inside one another: all pairs', () => {
    const program = (a: Assembler): number => {
      const [outer, inner] = [1, 2].map(() => a.temporary(CURSOR, { max: COUNT_MAX })) as [number, number];
      const [x, y, sum] = [1, 2, 3].map(() => a.temporary(F64)) as [number, number, number];
      a.op(Opcode.FOR, { a: outer, b: a.field('doubles'), to: 'end' }).label('outer');
      a.op(Opcode.ELEMENT, { a: x, b: a.field('doubles'), c: outer });
      a.op(Opcode.FOR, { a: inner, b: a.field('ints'), to: 'next' }).label('inner');
      a.op(Opcode.ELEMENT, { a: y, b: a.field('ints'), c: inner }).op(Opcode.F64_MUL, { a: y, b: x, c: y });
      a.op(Opcode.F64_ADD, { a: sum, b: sum, c: y });
      a.op(Opcode.NEXT, { a: inner, b: a.field('ints'), to: 'inner' }).label('next');
      a.op(Opcode.NEXT, { a: outer, b: a.field('doubles'), to: 'outer' }).label('end');
      a.op(Opcode.OUT, { a: sum, b: F64 });
      return 1;
    };
    expect(run(program, { doubles: [1, 2, 3], ints: [10, 100] })).toEqual([660]);
    expect(run(program, { doubles: [1, 2, 3], ints: [] })).toEqual([0]);
    expect(run(program, { doubles: [], ints: [1] })).toEqual([0]);
  });

  test('a jump out of a loop leaves it', () => {
    const program = (a: Assembler): number => {
      const cursor = a.temporary(CURSOR, { max: COUNT_MAX });
      const x = a.temporary(F64);
      a.op(Opcode.FOR, { a: cursor, b: a.field('doubles'), to: 'end' }).label('body');
      a.op(Opcode.ELEMENT, { a: x, b: a.field('doubles'), c: cursor }).op(Opcode.F64_GT_I, { a: x, f64: 10, to: 'end' });
      a.op(Opcode.NEXT, { a: cursor, b: a.field('doubles'), to: 'body' }).label('end');
      a.op(Opcode.OUT, { a: x, b: F64 });
      return 1;
    };
    expect(run(program, { doubles: [1, 20, 3] })).toEqual([20]);
    expect(run(program, { doubles: [1, 2, 3] })).toEqual([3]);
  });

  test('ELEMENT gives zeros where the cursor stands behind the list', () => {
    const program = (a: Assembler): number => {
      const cursor = a.temporary(CURSOR, { max: COUNT_MAX });
      const [x, text] = [a.temporary(F64), a.temporary(TEXT)];
      a.op(Opcode.FOR, { a: cursor, b: a.field('doubles'), to: 'end' }).label('body');
      a.op(Opcode.NEXT, { a: cursor, b: a.field('doubles'), to: 'body' }).label('end');
      a.op(Opcode.ELEMENT, { a: x, b: a.field('doubles'), c: cursor }).op(Opcode.OUT, { a: x, b: F64 });
      a.op(Opcode.ELEMENT, { a: text, b: a.field('texts'), c: cursor }).op(Opcode.OUT, { a: text, b: TEXT });
      return 2;
    };
    expect(run(program, { doubles: [1, 2], texts: ['a', 'b'] })).toEqual([0, '']);
  });

  test('COUNT', () => {
    const program = (a: Assembler): number => {
      const out = a.temporary(F64);
      a.op(Opcode.COUNT, { a: out, b: a.field('texts') }).op(Opcode.OUT, { a: out, b: F64 });
      return 1;
    };
    expect(run(program, {})).toEqual([0]);
    expect(run(program, { texts: [] })).toEqual([0]);
    expect(run(program, { texts: ['a', ''] })).toEqual([2]);
  });
});

describe('FIELD, IF_FIELD_NULL, IF_FIELD_NOT_NULL', () => {
  const scalars: [string, RegisterType][] = [
    ['n', F64],
    ['i', F64],
    ['b', BOOL],
    ['d', I64],
    ['text', TEXT],
    ['plain', TEXT],
  ];
  const full = { n: 1.5, i: -3, b: false, d: 250n, text: 'ab', plain: '😀', inner: { y: 2.5 }, tags: ['a', 'bc'] };

  /** The fields of the first item, whether each is null (by both opcodes), the inner object's field, and the number of tags. */
  const program = (a: Assembler): number => {
    const cursor = a.temporary(CURSOR, { max: COUNT_MAX });
    const items = a.field('items');
    const { child } = model.fields[a.descriptor('items')]!;
    const object = a.temporary(OBJECT, { table: child! });
    a.op(Opcode.FOR, { a: cursor, b: items, to: 'none' }).label('body');
    a.op(Opcode.ELEMENT, { a: object, b: items, c: cursor }).op(Opcode.JUMP, { to: 'none' });
    a.op(Opcode.NEXT, { a: cursor, b: items, to: 'body' }).label('none');
    let count = 0;
    const isNull = (register: number, path: string): void => {
      const imm = BigInt(a.descriptor(path));
      for (const op of [Opcode.IF_FIELD_NULL, Opcode.IF_FIELD_NOT_NULL]) {
        const flag = a.temporary(BOOL);
        a.op(Opcode.CONST, { a: flag, imm: 1n }).op(op, { a: register, imm, to: `${path}-${op}` });
        a.op(Opcode.CONST, { a: flag }).label(`${path}-${op}`).op(Opcode.OUT, { a: flag, b: BOOL });
        count++;
      }
    };
    for (const [name, type] of scalars) {
      const path = `items[].${name}`;
      const out = a.temporary(type, type === TEXT ? { max: 256 } : {});
      a.op(Opcode.FIELD, { a: out, b: object, imm: BigInt(a.descriptor(path)) }).op(Opcode.OUT, { a: out, b: type });
      count++;
      isNull(object, path);
    }
    const inner = a.temporary(OBJECT, { table: model.fields[a.descriptor('items[].inner')]!.child! });
    const y = a.temporary(F64);
    a.op(Opcode.FIELD, { a: inner, b: object, imm: BigInt(a.descriptor('items[].inner')) });
    a.op(Opcode.FIELD, { a: y, b: inner, imm: BigInt(a.descriptor('items[].inner.y')) }).op(Opcode.OUT, { a: y, b: F64 });
    isNull(object, 'items[].inner');
    isNull(inner, 'items[].inner.y');
    const tags = a.temporary(LIST, { element: FieldKind.TEXT, table: model.fields[a.descriptor('items[].tags')]!.child!, max: 3 });
    const number = a.temporary(F64);
    a.op(Opcode.FIELD, { a: tags, b: object, imm: BigInt(a.descriptor('items[].tags')) });
    a.op(Opcode.COUNT, { a: number, b: tags }).op(Opcode.OUT, { a: number, b: F64 });
    return count + 2;
  };
  const NULL = [true, false];
  const NOT_NULL = [false, true];

  test('values that are there', () => {
    expect(run(program, { items: [full] })).toEqual([
      ...[1.5, ...NOT_NULL, -3, ...NOT_NULL, false, ...NOT_NULL, 250n, ...NOT_NULL, 'ab', ...NOT_NULL, '😀', ...NOT_NULL],
      ...[2.5, ...NOT_NULL, ...NOT_NULL, 2],
    ]);
  });

  test('absent: the default, which is not null, else zeros', () => {
    expect(run(program, { items: [{}] })).toEqual([
      ...[0, ...NULL, 7, ...NOT_NULL, true, ...NOT_NULL, -5n, ...NOT_NULL, 'Zoë', ...NOT_NULL, '', ...NULL],
      ...[0, ...NULL, ...NULL, 0],
    ]);
  });

  test('of no object: zeros, and null', () => {
    expect(run(program, { items: [] })).toEqual([
      ...[0, ...NULL, 0, ...NULL, false, ...NULL, 0n, ...NULL, '', ...NULL, '', ...NULL],
      ...[0, ...NULL, ...NULL, 0],
    ]);
  });
});

describe('FOR_PIECE, NEXT_PIECE, PIECE equal split', () => {
  const texts = ['', 'a', ',', 'a,b', ',a,,b,', 'aXbXXc', 'aaaa', '😀', 'a😀b😀', '😀😁', 'Zoë, ok', 'x'.repeat(40)];
  const separators = ['', ',', 'X', 'XX', 'aa', '😀', 'ë', ', ', 'no such thing', '\ud83d', '\ude00', '\ude00\ud83d', 'x'];

  test('all pairs', () => {
    for (const s of texts) {
      for (const separator of separators) {
        const expected = s.split(separator);
        const program = (a: Assembler): number => {
          const cursor = a.temporary(CURSOR, { max: 4 * 4096 + 1 });
          const cut = a.temporary(TEXT, { max: 64 });
          const piece = a.temporary(TEXT, { max: 4 * 4096 });
          const registers = { a: cursor, b: a.field('s'), c: cut };
          a.op(Opcode.CONST_TEXT, { a: cut, text: toWtf8(separator) });
          a.op(Opcode.FOR_PIECE, { ...registers, to: 'end' }).label('body');
          a.op(Opcode.PIECE, { a: piece, b: a.field('s'), c: cursor }).op(Opcode.OUT, { a: piece, b: TEXT });
          a.op(Opcode.NEXT_PIECE, { ...registers, to: 'body' }).label('end');
          return valuesOfLoop(a, expected.length);
        };
        expect(run(program, { s }), JSON.stringify([s, separator])).toEqual(expected.length === 0 ? [null] : expected);
      }
    }
  });
});

test('TEXT_CONCAT joins two halves that meet', () => {
  const program = (a: Assembler): number => {
    const [high, low, joined] = [8, 8, 16].map((max) => a.temporary(TEXT, { max })) as [number, number, number];
    const equal = a.temporary(BOOL);
    a.op(Opcode.CONST_TEXT, { a: high, text: toWtf8('a\ud83d') }).op(Opcode.CONST_TEXT, { a: low, text: toWtf8('\ude00b') });
    a.op(Opcode.TEXT_CONCAT, { a: joined, b: high, c: low }).op(Opcode.OUT, { a: joined, b: TEXT });
    a.op(Opcode.CONST, { a: equal, imm: 1n }).op(Opcode.TEXT_EQ_I, { a: joined, text: 'a😀b', to: 'yes' });
    a.op(Opcode.CONST, { a: equal }).label('yes').op(Opcode.OUT, { a: equal, b: BOOL });
    return 2;
  };
  expect(run(program, {})).toEqual(['a😀b', true]);
});

test('RESET_TEXT that keeps: what was made before stays, what came after is forgotten', () => {
  const program = (a: Assembler): number => {
    const s = a.field('s');
    const [kept, made, other] = [1, 2, 3].map(() => a.temporary(TEXT, { max: 2 * 4 * 4096 })) as [number, number, number];
    a.op(Opcode.TEXT_CONCAT, { a: kept, b: s, c: s }).op(Opcode.RESET_TEXT, { imm: 1n });
    a.op(Opcode.TEXT_CONCAT, { a: made, b: s, c: s }).op(Opcode.RESET_TEXT);
    a.op(Opcode.TEXT_CONCAT, { a: other, b: a.field('t'), c: a.field('t') });
    a.op(Opcode.OUT, { a: kept, b: TEXT }).op(Opcode.OUT, { a: made, b: TEXT }).op(Opcode.OUT, { a: other, b: TEXT });
    return 3;
  };
  expect(run(program, { s: 'ab', t: 'xy' })).toEqual(['abab', 'xyxy', 'xyxy']);
});

test('NARROW', () => {
  for (const d of [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    const program = (a: Assembler): number => {
      const [wide, out] = [a.temporary(WIDE_LOW), a.temporary(I64)];
      a.op(Opcode.WIDEN, { a: wide, b: a.field('d') })
        .op(Opcode.NARROW, { a: out, b: wide })
        .op(Opcode.OUT, { a: out, b: I64 });
      return 1;
    };
    expect(run(program, { d })).toEqual([d]);
  }
});

test('FAIL ends the program with its status', () => {
  for (const status of [Status.ARITHMETIC, Status.CONFLICT]) {
    const program = (a: Assembler): number => {
      a.op(Opcode.F64_LT_I, { a: a.field('x'), f64: 0, to: 'fail' })
        .op(Opcode.OUT_NULL)
        .op(Opcode.END)
        .label('fail');
      a.op(Opcode.FAIL, { imm: BigInt(status) });
      return 1;
    };
    expect(attempt(program, { x: 1 })).toEqual({ status: Status.OK, values: [null] });
    expect(attempt(program, { x: -1 })).toEqual({ status, values: [] });
  }
});

describe('IF_MEMBER, IF_NOT_MEMBER', () => {
  const asks =
    (path: string) =>
    (a: Assembler): number => {
      for (const op of [Opcode.IF_MEMBER, Opcode.IF_NOT_MEMBER]) {
        const flag = a.temporary(BOOL);
        a.op(Opcode.CONST, { a: flag, imm: 1n }).op(op, { a: a.field(path), imm: 1n, to: `${op}` });
        a.op(Opcode.CONST, { a: flag }).label(`${op}`).op(Opcode.OUT, { a: flag, b: BOOL });
      }
      return 2;
    };
  const other: ImageList = { name: 'a', type: F64 };
  const otherRegion = writeList(F64, [1]);
  const texts = writeList(TEXT, ['', 'ab', 'a text of more than eight bytes', '😀']);
  const numbers = writeList(F64, [0, 1.5, -Infinity, 5e-324]);
  const integers = writeList(I64, [0n, -1n, 2n ** 63n - 1n]);
  const cases: [string, RegisterType, Uint8Array, [WireValue, boolean][]][] = [
    [
      's',
      TEXT,
      texts,
      [
        ['', true],
        ['ab', true],
        ['abc', false],
        ['a', false],
        ['a text of more than eight bytes', true],
        ['😀', true],
      ],
    ],
    [
      'x',
      F64,
      numbers,
      [
        [0, true],
        [-0, true],
        [NaN, false],
        [1.5, true],
        [-1.5, false],
        [-Infinity, true],
        [5e-324, true],
      ],
    ],
    [
      'd',
      I64,
      integers,
      [
        [0n, true],
        [-1n, true],
        [1n, false],
        [2n ** 63n - 1n, true],
        [-(2n ** 63n), false],
      ],
    ],
  ];
  for (const [path, type, region, values] of cases) {
    test(RegisterType[type]!, () => {
      const lists = [other, { name: 'b', type: type as ImageList['type'] }];
      for (const [value, expected] of values) {
        const regions = [otherRegion, region];
        expect(run(asks(path), { [path]: value }, { lists, regions }), `${value}`).toEqual([expected, !expected]);
      }
    });
  }

  test('a list that is not there, or has members of another type', () => {
    const lists = [other, { name: 'b', type: TEXT } as ImageList];
    const status = (regions: (Uint8Array | undefined)[]) => Status[attempt(asks('s'), { s: 'ab' }, { lists, regions }).status];
    expect(status([otherRegion, texts])).toBe('OK');
    expect(status([otherRegion, undefined])).toBe('LIST_MISSING');
    expect(status([undefined, texts])).toBe('LIST_MISSING');
    expect(status([otherRegion, numbers])).toBe('LIST_MISSING');
    expect(status([])).toBe('LIST_MISSING');
  });
});

test('every opcode of this kind is run by this file', () => {
  expect(ELEMENT_OPCODES.filter((op) => !covered.has(op)).map((op) => Opcode[op])).toEqual([]);
});
