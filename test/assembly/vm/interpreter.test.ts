// Every opcode, against what JavaScript says.

import { describe, expect, test } from 'vitest';
import { OPCODE_COUNT, Opcode } from '#assembly/shared/opcode.js';
import { ImageError, Status } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import type { ConstantIr } from '#src/compiler/ir.js';
import { textKey } from '#src/compiler/text-key.js';
import { writeImage } from '#src/image/write-image.js';
import { ELEMENT_OPCODES } from '../../lib/element-opcodes.js';
import { Assembler } from '../../lib/image-assembler.js';
import { EngineBox, type Value } from '../../lib/image-engine.js';
import { modelOf } from '../../lib/image-model.js';
import { payloadOf, type WireObject } from '../../lib/image-payload.js';

const model = modelOf([
  { name: 'x', kind: FieldKind.DOUBLE },
  { name: 'y', kind: FieldKind.DOUBLE },
  { name: 'i', kind: FieldKind.DECIMAL, scale: 2 },
  { name: 'j', kind: FieldKind.DECIMAL, scale: 2 },
  { name: 's', kind: FieldKind.TEXT, maximum: 65536 },
  { name: 't', kind: FieldKind.TEXT, maximum: 65536 },
  { name: 'p', kind: FieldKind.BOOL },
]);
const box = new EngineBox({ inputBytes: 262144 });
const covered = new Set<number>();

/** Runs a program over one payload and returns its values. */
function run(program: (assembler: Assembler) => number, payload: WireObject): Value[] {
  const assembler = new Assembler(model);
  const outCount = program(assembler);
  const parts = assembler.expressions(outCount);
  const view = new DataView(parts.code.buffer);
  for (let at = 0; at < parts.code.length; at += 16) covered.add(view.getUint16(at, true));
  box.mustLoad(writeImage(parts));
  const { status, values } = box.evaluate(payloadOf(model, payload));
  expect(status).toBe(Status.OK);
  return values;
}

const LIMITS = [
  0,
  -0,
  1,
  -1,
  5,
  3,
  0.1,
  -7.5,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  1.7976931348623157e308,
  Infinity,
  -Infinity,
  NaN,
];
const PAIRS = LIMITS.flatMap((x) => LIMITS.map((y) => [x, y] as const));

describe('f64 arithmetic equals JavaScript', () => {
  const table: [Opcode, Opcode, (x: number, y: number) => number][] = [
    [Opcode.F64_ADD, Opcode.F64_ADD_I, (x, y) => x + y],
    [Opcode.F64_SUB, Opcode.F64_SUB_I, (x, y) => x - y],
    [Opcode.F64_MUL, Opcode.F64_MUL_I, (x, y) => x * y],
    [Opcode.F64_DIV, Opcode.F64_DIV_I, (x, y) => x / y],
    [Opcode.F64_REM, Opcode.F64_REM_I, (x, y) => x % y],
  ];
  for (const [op, opImmediate, expected] of table) {
    test(Opcode[op], () => {
      for (const [x, y] of PAIRS) {
        const [left, right] = run(
          (a) => {
            const out = a.temporary(RegisterType.F64);
            a.op(op, { a: out, b: a.field('x'), c: a.field('y') }).op(Opcode.OUT, { a: out, b: RegisterType.F64 });
            a.op(opImmediate, { a: out, b: a.field('x'), f64: y }).op(Opcode.OUT, { a: out, b: RegisterType.F64 });
            return 2;
          },
          { x, y },
        );
        expect([left, right], `${x} ${y}`).toEqual([expected(x, y), expected(x, y)]);
      }
    });
  }

  test('F64_NEG, CONST, MOVE', () => {
    for (const x of LIMITS) {
      const values = run(
        (a) => {
          const [out, copy, constant] = [1, 2, 3].map(() => a.temporary(RegisterType.F64)) as [number, number, number];
          a.op(Opcode.F64_NEG, { a: out, b: a.field('x') }).op(Opcode.MOVE, { a: copy, b: out });
          a.op(Opcode.OUT, { a: copy, b: RegisterType.F64 });
          a.op(Opcode.CONST, { a: constant, f64: x }).op(Opcode.OUT, { a: constant, b: RegisterType.F64 });
          return 2;
        },
        { x },
      );
      expect(values).toEqual([-x, x]);
    }
  });

  test('% over random bits', () => {
    const bits = new DataView(new ArrayBuffer(8));
    let state = 0x2545f491;
    const random = (): number => {
      for (const at of [0, 4]) {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        bits.setInt32(at, state, true);
      }
      return bits.getFloat64(0, true);
    };
    const assembler = new Assembler(model);
    const out = assembler.temporary(RegisterType.F64);
    assembler.op(Opcode.F64_REM, { a: out, b: assembler.field('x'), c: assembler.field('y') });
    assembler.op(Opcode.OUT, { a: out, b: RegisterType.F64 });
    box.mustLoad(writeImage(assembler.expressions(1)));
    for (let round = 0; round < 5000; round++) {
      const x = random();
      const y = random();
      expect(box.evaluate(payloadOf(model, { x, y })).values, `${x} % ${y}`).toEqual([x % y]);
    }
  });
});

/** A program that gives true where the branch is taken. */
function branchProgram(emit: (a: Assembler) => void): (a: Assembler) => number {
  return (a) => {
    const out = a.temporary(RegisterType.BOOL);
    emit(a);
    a.op(Opcode.CONST, { a: out, imm: 0n }).op(Opcode.OUT, { a: out, b: RegisterType.BOOL }).op(Opcode.JUMP, { to: 'end' });
    a.label('yes').op(Opcode.CONST, { a: out, imm: 1n }).op(Opcode.OUT, { a: out, b: RegisterType.BOOL }).label('end');
    return 1;
  };
}

describe('f64 branches equal JavaScript', () => {
  const registers: [Opcode, (x: number, y: number) => boolean][] = [
    [Opcode.F64_LT, (x, y) => x < y],
    [Opcode.F64_NOT_LT, (x, y) => !(x < y)],
    [Opcode.F64_LE, (x, y) => x <= y],
    [Opcode.F64_NOT_LE, (x, y) => !(x <= y)],
    [Opcode.F64_EQ, (x, y) => x === y],
    [Opcode.F64_NOT_EQ, (x, y) => x !== y],
  ];
  const constants: [Opcode, (x: number, y: number) => boolean][] = [
    [Opcode.F64_LT_I, (x, y) => x < y],
    [Opcode.F64_NOT_LT_I, (x, y) => !(x < y)],
    [Opcode.F64_LE_I, (x, y) => x <= y],
    [Opcode.F64_NOT_LE_I, (x, y) => !(x <= y)],
    [Opcode.F64_GT_I, (x, y) => x > y],
    [Opcode.F64_NOT_GT_I, (x, y) => !(x > y)],
    [Opcode.F64_GE_I, (x, y) => x >= y],
    [Opcode.F64_NOT_GE_I, (x, y) => !(x >= y)],
    [Opcode.F64_EQ_I, (x, y) => x === y],
    [Opcode.F64_NOT_EQ_I, (x, y) => x !== y],
  ];
  for (const [op, expected] of registers) {
    test(Opcode[op], () => {
      for (const [x, y] of PAIRS) {
        const program = branchProgram((a) => a.op(op, { a: a.field('x'), b: a.field('y'), to: 'yes' }));
        expect(run(program, { x, y }), `${x} ${y}`).toEqual([expected(x, y)]);
      }
    });
  }
  for (const [op, expected] of constants) {
    test(Opcode[op], () => {
      for (const [x, y] of PAIRS) {
        const program = branchProgram((a) => a.op(op, { a: a.field('x'), f64: y, to: 'yes' }));
        expect(run(program, { x }), `${x} ${y}`).toEqual([expected(x, y)]);
      }
    });
  }
});

const I64_MIN = -(1n << 63n);
const I64_MAX = (1n << 63n) - 1n;
const INTEGERS = [0n, 1n, -1n, 99n, -100n, 0xffffffffn, -0x100000000n, I64_MAX, I64_MIN];
const INTEGER_PAIRS = INTEGERS.flatMap((i) => INTEGERS.map((j) => [i, j] as const));

describe('i64', () => {
  const arithmetic: [Opcode, Opcode | undefined, (i: bigint, j: bigint) => bigint][] = [
    [Opcode.I64_ADD, Opcode.I64_ADD_I, (i, j) => i + j],
    [Opcode.I64_SUB, undefined, (i, j) => i - j],
    [Opcode.I64_MUL, Opcode.I64_MUL_I, (i, j) => i * j],
  ];
  for (const [op, opImmediate, expected] of arithmetic) {
    test(Opcode[op], () => {
      for (const [i, j] of INTEGER_PAIRS) {
        const result = BigInt.asIntN(64, expected(i, j));
        const values = run(
          (a) => {
            const out = a.temporary(RegisterType.I64);
            a.op(op, { a: out, b: a.field('i'), c: a.field('j') }).op(Opcode.OUT, { a: out, b: RegisterType.I64 });
            if (opImmediate === undefined) return 1;
            a.op(opImmediate, { a: out, b: a.field('i'), imm: j }).op(Opcode.OUT, { a: out, b: RegisterType.I64 });
            return 2;
          },
          { i, j },
        );
        for (const value of values) expect(value, `${i} ${j}`).toBe(result);
      }
    });
  }

  test('I64_NEG', () => {
    for (const i of INTEGERS) {
      const program = (a: Assembler): number => {
        const out = a.temporary(RegisterType.I64);
        a.op(Opcode.I64_NEG, { a: out, b: a.field('i') }).op(Opcode.OUT, { a: out, b: RegisterType.I64 });
        return 1;
      };
      expect(run(program, { i })).toEqual([BigInt.asIntN(64, -i)]);
    }
  });

  const branches: [Opcode, boolean, (i: bigint, j: bigint) => boolean][] = [
    [Opcode.I64_LT, false, (i, j) => i < j],
    [Opcode.I64_LE, false, (i, j) => i <= j],
    [Opcode.I64_EQ, false, (i, j) => i === j],
    [Opcode.I64_NE, false, (i, j) => i !== j],
    [Opcode.I64_LT_I, true, (i, j) => i < j],
    [Opcode.I64_LE_I, true, (i, j) => i <= j],
    [Opcode.I64_GT_I, true, (i, j) => i > j],
    [Opcode.I64_GE_I, true, (i, j) => i >= j],
    [Opcode.I64_EQ_I, true, (i, j) => i === j],
    [Opcode.I64_NE_I, true, (i, j) => i !== j],
  ];
  for (const [op, immediate, expected] of branches) {
    test(Opcode[op], () => {
      for (const [i, j] of INTEGER_PAIRS) {
        const right = immediate ? { imm: j } : { b: 3 };
        const program = branchProgram((a) => a.op(op, { a: a.field('i'), ...right, to: 'yes' }));
        expect(run(program, { i, j }), `${i} ${j}`).toEqual([expected(i, j)]);
      }
    });
  }
});

describe('wide', () => {
  /** Loads two 128-bit constants into pairs. */
  function pairs(a: Assembler, left: bigint, right: bigint): [number, number] {
    return [left, right].map((value) => {
      const pair = a.temporary(RegisterType.WIDE_LOW);
      a.op(Opcode.CONST, { a: pair, imm: value }).op(Opcode.CONST, { a: pair + 1, imm: value >> 64n });
      return pair;
    }) as [number, number];
  }
  const WIDE = [...INTEGERS, 1n << 64n, -(1n << 64n), (1n << 64n) - 1n, (1n << 100n) + 12345n, (1n << 127n) - 1n, -(1n << 127n)];
  const table: [Opcode, (i: bigint, j: bigint) => bigint][] = [
    [Opcode.WIDE_ADD, (i, j) => i + j],
    [Opcode.WIDE_SUB, (i, j) => i - j],
    [Opcode.WIDE_MUL, (i, j) => i * j],
    [Opcode.WIDE_NEG, (i) => -i],
  ];
  for (const [op, expected] of table) {
    test(`${Opcode[op]}, also onto its own operand`, () => {
      for (const i of WIDE) {
        for (const j of WIDE) {
          const result = BigInt.asIntN(128, expected(i, j));
          for (const target of ['new', 'left', 'right']) {
            const values = run((a) => {
              const [b, c] = pairs(a, i, j);
              const out = target === 'new' ? a.temporary(RegisterType.WIDE_LOW) : target === 'left' ? b : c;
              a.op(op, { a: out, b, c }).op(Opcode.OUT, { a: out, b: RegisterType.WIDE_LOW });
              return 1;
            }, {});
            expect(values, `${i} ${j} ${target}`).toEqual([result]);
          }
        }
      }
    });
  }

  test('WIDEN', () => {
    for (const i of INTEGERS) {
      const program = (a: Assembler): number => {
        const out = a.temporary(RegisterType.WIDE_LOW);
        a.op(Opcode.WIDEN, { a: out, b: a.field('i') }).op(Opcode.OUT, { a: out, b: RegisterType.WIDE_LOW });
        return 1;
      };
      expect(run(program, { i })).toEqual([i]);
    }
  });

  const branches: [Opcode, (i: bigint, j: bigint) => boolean][] = [
    [Opcode.WIDE_LT, (i, j) => i < j],
    [Opcode.WIDE_LE, (i, j) => i <= j],
    [Opcode.WIDE_EQ, (i, j) => i === j],
    [Opcode.WIDE_NE, (i, j) => i !== j],
  ];
  for (const [op, expected] of branches) {
    test(Opcode[op], () => {
      for (const i of WIDE) {
        for (const j of WIDE) {
          const program = branchProgram((a) => {
            const [left, right] = pairs(a, i, j);
            a.op(op, { a: left, b: right, to: 'yes' });
          });
          expect(run(program, {}), `${i} ${j}`).toEqual([expected(i, j)]);
        }
      }
    });
  }
});

describe('text', () => {
  const TEXTS = [
    '',
    'a',
    'b',
    'ab',
    'abc',
    'abcd',
    'abcdefg',
    'abcdefgh',
    'abcdefgi',
    'abcdefghi',
    'zbcdefghi',
    'a'.repeat(31),
    `${'a'.repeat(30)}b`,
  ];
  TEXTS.push('é', 'ÿ', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}', 'x\uffee', 'x\u{1f600}', '\0', 'a\0');
  const branches: [Opcode, boolean, (s: string, t: string) => boolean][] = [
    [Opcode.TEXT_EQ, false, (s, t) => s === t],
    [Opcode.TEXT_NE, false, (s, t) => s !== t],
    [Opcode.TEXT_LT, false, (s, t) => s < t],
    [Opcode.TEXT_LE, false, (s, t) => s <= t],
    [Opcode.TEXT_EQ_I, true, (s, t) => s === t],
    [Opcode.TEXT_NE_I, true, (s, t) => s !== t],
    [Opcode.TEXT_LT_I, true, (s, t) => s < t],
    [Opcode.TEXT_LE_I, true, (s, t) => s <= t],
    [Opcode.TEXT_GT_I, true, (s, t) => s > t],
    [Opcode.TEXT_GE_I, true, (s, t) => s >= t],
  ];
  for (const [op, immediate, expected] of branches) {
    test(Opcode[op], () => {
      for (const s of TEXTS) {
        for (const t of TEXTS) {
          const program = branchProgram((a) => a.op(op, { a: a.field('s'), ...(immediate ? { text: t } : { b: 5 }), to: 'yes' }));
          expect(run(program, { s, t }), JSON.stringify([s, t])).toEqual([expected(s, t)]);
        }
      }
    });
  }

  test('TEXT_CONCAT, CONST_TEXT, RESET_TEXT: texts that went out stay', () => {
    const program = (a: Assembler): number => {
      const constant = a.temporary(RegisterType.TEXT, { max: 1 });
      const [half, first, second] = [19, 20, 20].map((bits) => a.temporary(RegisterType.TEXT, { max: 2 ** bits })) as [
        number,
        number,
        number,
      ];
      a.op(Opcode.CONST_TEXT, { a: constant, text: '-' });
      a.op(Opcode.TEXT_CONCAT, { a: half, b: a.field('s'), c: constant });
      a.op(Opcode.TEXT_CONCAT, { a: first, b: half, c: a.field('t') }).op(Opcode.OUT, { a: first, b: RegisterType.TEXT });
      a.op(Opcode.RESET_TEXT).op(Opcode.TEXT_CONCAT, { a: second, b: a.field('t'), c: a.field('s') });
      a.op(Opcode.OUT, { a: second, b: RegisterType.TEXT });
      return 2;
    };
    for (const s of TEXTS) for (const t of TEXTS) expect(run(program, { s, t })).toEqual([`${s}-${t}`, t + s]);
  });

  test('joined texts beyond TEXT_SCRATCH_BYTES stop the program', () => {
    const assembler = new Assembler(model);
    const out = assembler.temporary(RegisterType.TEXT, { max: 2 ** 20 });
    assembler.op(Opcode.TEXT_CONCAT, { a: out, b: assembler.field('s'), c: assembler.field('t') });
    assembler.op(Opcode.OUT, { a: out, b: RegisterType.TEXT });
    box.mustLoad(writeImage(assembler.expressions(1)));
    expect(box.evaluate(payloadOf(model, { s: 'a'.repeat(65535), t: 'b' })).status).toBe(Status.OK);
    expect(box.evaluate(payloadOf(model, { s: 'a'.repeat(65535), t: 'bc' })).status).toBe(Status.INTERNAL);
  });
});

test('IF_TRUE, IF_FALSE, IF_NULL, IF_NOT_NULL', () => {
  const table: [Opcode, WireObject, boolean][] = [
    [Opcode.IF_TRUE, { p: true }, true],
    [Opcode.IF_TRUE, { p: false }, false],
    [Opcode.IF_FALSE, { p: true }, false],
    [Opcode.IF_FALSE, { p: false }, true],
    [Opcode.IF_NULL, { p: false }, false],
    [Opcode.IF_NULL, {}, true],
    [Opcode.IF_NOT_NULL, { p: false }, true],
    [Opcode.IF_NOT_NULL, {}, false],
  ];
  for (const [op, payload, expected] of table) {
    expect(
      run(
        branchProgram((a) => a.op(op, { a: a.field('p'), to: 'yes' })),
        payload,
      ),
      `${Opcode[op]}`,
    ).toEqual([expected]);
  }
});

test('OUT_NULL, and END in the middle of too few values', () => {
  const program = (a: Assembler): number => {
    a.op(Opcode.OUT_NULL).op(Opcode.OUT, { a: a.field('p'), b: RegisterType.BOOL });
    return 2;
  };
  expect(run(program, { p: true })).toEqual([null, true]);
  const assembler = new Assembler(model);
  assembler
    .op(Opcode.OUT_NULL)
    .op(Opcode.IF_TRUE, { a: assembler.field('p'), to: 'more' })
    .op(Opcode.END)
    .label('more')
    .op(Opcode.OUT_NULL);
  box.mustLoad(writeImage(assembler.expressions(2)));
  expect(box.evaluate(payloadOf(model, { p: true })).status).toBe(Status.OK);
  expect(box.evaluate(payloadOf(model, { p: false })).status).toBe(Status.INTERNAL);
});

test('values beyond IMAGE_OUT_COUNT are not written', () => {
  const assembler = new Assembler(model);
  assembler.op(Opcode.OUT_NULL).op(Opcode.OUT_NULL);
  expect(box.load(writeImage(assembler.expressions(1)))).toBe(ImageError.NONE);
  expect(box.evaluate(payloadOf(model, {})).status).toBe(Status.INTERNAL);
});

test('temporaries start as zeros in each program, whatever ran before', () => {
  run(
    (a) => {
      const out = a.temporary(RegisterType.F64);
      a.op(Opcode.F64_ADD_I, { a: out, b: a.field('x'), f64: 5 }).op(Opcode.OUT, { a: out, b: RegisterType.F64 });
      return 1;
    },
    { x: 1 },
  );
  const values = run((a) => {
    const [number, text] = [a.temporary(RegisterType.F64), a.temporary(RegisterType.TEXT)];
    a.op(Opcode.OUT, { a: number, b: RegisterType.F64 }).op(Opcode.OUT, { a: text, b: RegisterType.TEXT });
    return 2;
  }, {});
  expect(values).toEqual([0, '']);
});

test('TEXT_KEY tells short texts from all others', () => {
  const keys = new Map<bigint, string>();
  const texts = [
    '',
    '\0',
    '\0\0',
    'a',
    'a\0',
    'ab',
    'ba',
    'abc',
    'abcd',
    'abcde',
    'abcdef',
    'abcdefg',
    'gfedcba',
    'é',
    '😀',
    '\u007f',
  ];
  for (const s of [...texts, 'abcdefgh', 'abcdefg\0', 'long enough to be any']) {
    const [key] = run(
      (a) => {
        const out = a.temporary(RegisterType.I64);
        a.op(Opcode.TEXT_KEY, { a: out, b: a.field('s') }).op(Opcode.OUT, { a: out, b: RegisterType.I64 });
        return 1;
      },
      { s },
    ) as [bigint];
    if (!texts.includes(s)) {
      expect(key, s).toBe(-1n);
      continue;
    }
    expect(key, s).toBe(textKey({ value: s } as ConstantIr));
    expect(keys.get(key)).toBeUndefined();
    keys.set(key, s);
  }
});

// HIT and ALL need rules: tests.test.ts. CALL has its test, what loops are over, match indexes, ensembles and parameters.
const NEEDING_MORE = [Opcode.HIT, Opcode.ALL, Opcode.CALL, Opcode.MATCH, Opcode.ALIVE, Opcode.ENSEMBLE, Opcode.PARAMETER];
const ELSEWHERE = new Set<Opcode>([...NEEDING_MORE, ...ELEMENT_OPCODES]);

test('every other opcode is run by this file', () => {
  const all = Array.from({ length: OPCODE_COUNT }, (_, op) => op).filter((op) => !ELSEWHERE.has(op));
  expect(all.filter((op) => !covered.has(op)).map((op) => Opcode[op])).toEqual([]);
});
