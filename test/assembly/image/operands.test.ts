// The operands of every opcode, and what ALL leads: each image that is wrong in one of them is refused.

import { describe, expect, test } from 'vitest';
import { Opcode } from '#assembly/shared/opcode.js';
import { Outcome } from '#assembly/shared/outcome.js';
import { ImageError } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { writeImage } from '#src/image/write-image.js';
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
const box = new EngineBox();

describe('ALL', () => {
  interface Lead {
    counts?: bigint;
    tests?: [Opcode, RegisterType][];
    /** Instructions between the last test and the HIT. */
    gap?: number;
    /** Instructions from ALL to its target, beyond behind the HIT. */
    late?: number;
    /** Tests that jump one instruction further. */
    far?: number[];
    hit?: Opcode;
  }
  const GOOD: [Opcode, RegisterType][] = [
    [Opcode.F64_NOT_GT_I, RegisterType.F64],
    [Opcode.I64_NE_I, RegisterType.I64],
    [Opcode.IF_FALSE, RegisterType.BOOL],
  ];

  function verify({ counts = 0x01_00_01_01n, tests = GOOD, gap = 0, late = 0, far = [], hit = Opcode.HIT }: Lead): string {
    const assembler = new Assembler(model);
    const registers = new Map<RegisterType, number>();
    for (const [, type] of tests) registers.set(type, registers.get(type) ?? assembler.temporary(type));
    assembler.op(Opcode.ALL, { c: tests.length + 2 + late, imm: counts });
    for (const [index, [op, type]] of tests.entries()) {
      const c = tests.length + gap + 1 - index + (far.includes(index) ? 1 : 0);
      assembler.op(op, { a: registers.get(type)!, c });
    }
    for (let i = 0; i < gap; i++) assembler.op(Opcode.RESET_TEXT);
    assembler.op(hit).op(Opcode.RESET_TEXT).op(Opcode.RESET_TEXT);
    const rule = { id: 'r', score: 1, outcome: Outcome.NONE, reason: null };
    return ImageError[box.load(writeImage(assembler.decision([rule])))]!;
  }

  const cases: [string, string, Lead][] = [
    ['what it counts', 'NONE', {}],
    ['one test', 'NONE', { counts: 1n, tests: GOOD.slice(0, 1) }],
    ['no test', 'BAD_OPERAND', { counts: 0n, tests: [] }],
    ['a test too many', 'BAD_OPERAND', { counts: 0x01_00_01_00n }],
    ['a test too few', 'BAD_OPERAND', { counts: 0x02_00_01_01n }],
    ['kinds in another order', 'BAD_OPERAND', { tests: [GOOD[1]!, GOOD[0]!, GOOD[2]!] }],
    ['tests counted as another kind', 'BAD_OPERAND', { counts: 0x00_01_01_01n }],
    ['a test of two registers', 'BAD_OPERAND', { counts: 1n, tests: [[Opcode.F64_LT, RegisterType.F64]] }],
    ['more than counts in imm', 'BAD_OPERAND', { counts: 0x1_01_00_01_01n }],
    ['its target is not behind the HIT', 'BAD_OPERAND', { late: 1 }],
    ['a test jumps elsewhere', 'BAD_OPERAND', { far: [1] }],
    ['something before the HIT', 'BAD_OPERAND', { gap: 1, late: 1 }],
    ['no HIT', 'BAD_OPERAND', { hit: Opcode.RESET_TEXT }],
    ['behind the code', 'BAD_JUMP', { late: 3 }],
  ];
  for (const [name, error, lead] of cases) test(name, () => expect(verify(lead)).toBe(error));
});

describe('operands of every opcode', () => {
  const { F64, I64, BOOL, TEXT, OBJECT, WIDE_LOW, WIDE_HIGH, LIST, CURSOR } = RegisterType;
  const JUMP = 'jump';
  type Form = [Opcode, a: RegisterType | undefined, b: RegisterType | undefined, c: RegisterType | typeof JUMP | undefined];
  const range = (from: Opcode, to: Opcode): Opcode[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const each = (opcodes: Opcode[], ...form: Form extends [Opcode, ...infer Rest] ? Rest : never): Form[] =>
    opcodes.map((op) => [op, ...form]);
  const forms: Form[] = [
    ...each([Opcode.CONST_TEXT], TEXT, undefined, undefined),
    ...each([Opcode.F64_NEG], F64, F64, undefined),
    ...each(range(Opcode.F64_ADD, Opcode.F64_REM), F64, F64, F64),
    ...each(range(Opcode.F64_ADD_I, Opcode.F64_REM_I), F64, F64, undefined),
    ...each([Opcode.I64_NEG, Opcode.I64_ADD_I, Opcode.I64_MUL_I], I64, I64, undefined),
    ...each(range(Opcode.I64_ADD, Opcode.I64_MUL), I64, I64, I64),
    ...each([Opcode.WIDEN], WIDE_LOW, I64, undefined),
    ...each([Opcode.WIDE_NEG], WIDE_LOW, WIDE_LOW, undefined),
    ...each(range(Opcode.WIDE_ADD, Opcode.WIDE_MUL), WIDE_LOW, WIDE_LOW, WIDE_LOW),
    ...each([Opcode.TEXT_CONCAT], TEXT, TEXT, TEXT),
    ...each([Opcode.TEXT_KEY], I64, TEXT, undefined),
    ...each([Opcode.NARROW], I64, WIDE_LOW, undefined),
    ...each([Opcode.COUNT], F64, LIST, undefined),
    ...each([Opcode.PIECE], TEXT, TEXT, CURSOR),
    ...each(range(Opcode.F64_LT, Opcode.F64_NOT_EQ), F64, F64, JUMP),
    ...each(range(Opcode.F64_LT_I, Opcode.F64_NOT_EQ_I), F64, undefined, JUMP),
    ...each(range(Opcode.I64_LT, Opcode.I64_NE), I64, I64, JUMP),
    ...each(range(Opcode.I64_LT_I, Opcode.I64_NE_I), I64, undefined, JUMP),
    ...each(range(Opcode.WIDE_LT, Opcode.WIDE_NE), WIDE_LOW, WIDE_LOW, JUMP),
    ...each(range(Opcode.TEXT_EQ, Opcode.TEXT_LE), TEXT, TEXT, JUMP),
    ...each(range(Opcode.TEXT_EQ_I, Opcode.TEXT_GE_I), TEXT, undefined, JUMP),
    ...each([Opcode.IF_TRUE, Opcode.IF_FALSE], BOOL, undefined, JUMP),
  ];
  const TYPES = [F64, I64, BOOL, TEXT, WIDE_LOW, WIDE_HIGH, OBJECT, LIST, CURSOR];

  /** Verifies one instruction over temporaries of every type; `c` of a jump is 1. */
  function verify(op: Opcode, operands: (registerOf: (type: RegisterType) => number) => object): ImageError {
    const assembler = new Assembler(model);
    const registers = new Map<RegisterType, number>();
    for (const type of TYPES) {
      // No text is too long, and no list.
      const more = type === LIST ? { element: FieldKind.DOUBLE } : { max: 0 };
      if (type !== WIDE_HIGH) registers.set(type, assembler.temporary(type, more));
    }
    registers.set(WIDE_HIGH, registers.get(WIDE_LOW)! + 1);
    assembler.op(
      op,
      operands((type) => registers.get(type)!),
    );
    return box.load(writeImage(assembler.decision([])));
  }

  for (const [op, a, b, c] of forms) {
    test(Opcode[op], () => {
      const place = (registerOf: (type: RegisterType) => number, type: Form[3]): number =>
        type === undefined ? 0 : type === JUMP ? 1 : registerOf(type);
      const good = (registerOf: (type: RegisterType) => number): { a: number; b: number; c: number } => ({
        a: place(registerOf, a),
        b: place(registerOf, b),
        c: place(registerOf, c),
      });
      expect(ImageError[verify(op, good)]).toBe('NONE');
      const places = { a, b, c } as const;
      for (const name of ['a', 'b', 'c'] as const) {
        const type = places[name];
        if (type === undefined || type === JUMP) continue;
        for (const wrong of TYPES) {
          if (wrong === type) continue;
          const error = verify(op, (registerOf) => ({ ...good(registerOf), [name]: registerOf(wrong) }));
          expect(ImageError[error], `${name}: ${RegisterType[wrong]}`).toBe('BAD_OPERAND');
        }
        expect(ImageError[verify(op, (registerOf) => ({ ...good(registerOf), [name]: 4096 }))]).toBe('BAD_OPERAND');
      }
      if (c === JUMP) expect(ImageError[verify(op, (registerOf) => ({ ...good(registerOf), c: 0 }))]).toBe('BAD_JUMP');
    });
  }

  test('results go into temporaries only', () => {
    expect(ImageError[verify(Opcode.F64_NEG, () => ({ a: 0, b: 0 }))]).toBe('BAD_OPERAND');
    expect(ImageError[verify(Opcode.CONST_TEXT, () => ({ a: 2 }))]).toBe('BAD_OPERAND');
    expect(ImageError[verify(Opcode.CONST, () => ({ a: 0 }))]).toBe('BAD_OPERAND');
    expect(ImageError[verify(Opcode.MOVE, () => ({ a: 0, b: 0 }))]).toBe('BAD_OPERAND');
  });

  test('CONST and MOVE', () => {
    for (const type of [F64, I64, BOOL, WIDE_LOW, WIDE_HIGH]) {
      expect(ImageError[verify(Opcode.CONST, (registerOf) => ({ a: registerOf(type) }))]).toBe('NONE');
    }
    for (const type of [TEXT, OBJECT, LIST, CURSOR]) {
      expect(ImageError[verify(Opcode.CONST, (registerOf) => ({ a: registerOf(type) }))]).toBe('BAD_OPERAND');
    }
    expect(ImageError[verify(Opcode.CONST, (registerOf) => ({ a: registerOf(BOOL), imm: 2n }))]).toBe('BAD_CONSTANT');
    for (const left of TYPES) {
      for (const right of TYPES) {
        const error = verify(Opcode.MOVE, (registerOf) => ({ a: registerOf(left), b: registerOf(right) }));
        expect(ImageError[error]).toBe(left === right && left !== CURSOR ? 'NONE' : 'BAD_OPERAND');
      }
    }
  });

  test('only field registers have a null flag', () => {
    for (const op of [Opcode.IF_NULL, Opcode.IF_NOT_NULL]) {
      for (let field = 0; field < 7; field++) expect(ImageError[verify(op, () => ({ a: field, c: 1 }))]).toBe('NONE');
      expect(ImageError[verify(op, (registerOf) => ({ a: registerOf(F64), c: 1 }))]).toBe('BAD_OPERAND');
    }
  });
});
