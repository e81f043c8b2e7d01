// Texts of a hostile image need not be UTF-8, and positions in them need not be positions: whatever they are, a function ends,
// without a trap, and changes nothing but its registers and the text scratch.

import { expect, test } from 'vitest';
import { FunctionId, functionForm, functionTextBytes } from '#assembly/shared/function.js';
import { BlobKind } from '#assembly/shared/image.js';
import { SCRATCH_BYTES } from '#assembly/shared/layout.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { compilePattern } from '#src/compiler/pattern/compile-pattern.js';
import { caseBlob } from '#src/compiler/unicode/case-blob.js';
import { writeImage } from '#src/image/write-image.js';
import { Random } from '../../lib/expression-model.js';
import { Assembler } from '../../lib/image-assembler.js';
import { EngineBox } from '../../lib/image-engine.js';
import { modelOf } from '../../lib/image-model.js';
import { payloadOf } from '../../lib/image-payload.js';

const { F64, TEXT, CURSOR } = RegisterType;
const SEED = Number(process.env.VERDICT_SEED ?? 77);
const model = modelOf([{ name: 'x', kind: FieldKind.DOUBLE }]);
const payload = payloadOf(model, { x: 1 });
const LEADS = [0x00, 0x41, 0x7f, 0x80, 0xbf, 0xc2, 0xce, 0xcf, 0xdf, 0xe0, 0xed, 0xa0, 0xb0, 0xef, 0xf0, 0x9f, 0xf4, 0xf8, 0xff];
const POSITIONS = [0, 1, 2, 3, 5, 7, 100, -1, -2, -3, 2 ** 31, 2 ** 32, 1e300, Infinity, -Infinity, NaN];
const patterns = ['^(a|\\p{Lu})+$', '\\bx', '[^a]{3}'].map((source) => compilePattern(source));
const blobs = [
  { kind: BlobKind.CASE, bytes: caseBlob() },
  ...patterns.map((pattern) => ({ kind: BlobKind.PATTERN, bytes: (pattern as { blob: Uint8Array }).blob })),
];
/** Functions of texts that always give a value; the one that may end the program stands at its end. */
const functions = Object.values(FunctionId).filter(
  (id): id is FunctionId =>
    typeof id === 'number' && ((functionForm(id) >> 4) & 15) === TEXT && id !== FunctionId.DECIMAL_FROM_TEXT,
);
const TEXT_MAX = 24;

/** The bytes without a character at their end that is cut off: of constants, the verifier refuses that alone. */
function endWhole(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const lead = bytes[bytes.length - back]!;
    const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (length > back) return endWhole(bytes.subarray(0, bytes.length - back));
  }
  return bytes;
}

test(`any bytes, any positions, seed ${SEED}`, () => {
  const random = new Random(SEED);
  const box = new EngineBox({ imageBytesMax: 65536 });
  const bytesOf = (): Uint8Array =>
    endWhole(
      Uint8Array.from({ length: random.below(TEXT_MAX + 1) }, () => (random.chance(80) ? random.pick(LEADS) : random.below(256))),
    );
  const before = (): Uint8Array => box.bytes.slice(box.scratch + SCRATCH_BYTES, box.image);
  for (let round = 0; round < 1500; round++) {
    const assembler = new Assembler(model);
    const texts = [1, 2, 3].map(() => {
      const register = assembler.temporary(TEXT, { max: TEXT_MAX });
      assembler.op(Opcode.CONST_TEXT, { a: register, text: bytesOf() });
      return register;
    });
    const number = assembler.temporary(F64);
    const other = assembler.temporary(F64);
    const out = new Map<number, number>();
    for (const max of [TEXT_MAX, 2 * TEXT_MAX, 3 * TEXT_MAX]) out.set(max, assembler.temporary(TEXT, { max }));
    for (let step = 0; step < 12; step++) {
      const [a, b] = [random.pick(texts), random.pick(texts)];
      assembler
        .op(Opcode.CONST, { a: number, f64: random.pick(POSITIONS) })
        .op(Opcode.CONST, { a: other, f64: random.pick(POSITIONS) });
      if (random.chance(15)) {
        assembler.op(Opcode.TEXT_CONCAT, { a: out.get(2 * TEXT_MAX)!, b: a, c: b });
        continue;
      }
      if (random.chance(20)) {
        const cursor = assembler.temporary(CURSOR, { max: TEXT_MAX + 1 });
        const piece = out.get(TEXT_MAX)!;
        // The body changes the text and the separator that the loop is over.
        const moved = { a: random.pick([a, b]), b: piece };
        assembler.op(Opcode.FOR_PIECE, { a: cursor, b: a, c: b, imm: 4n }).op(Opcode.PIECE, { a: piece, b: a, c: cursor });
        assembler
          .op(random.chance(50) ? Opcode.MOVE : Opcode.RESET_TEXT, moved)
          .op(Opcode.NEXT_PIECE, { a: cursor, b: a, c: b, imm: 2n });
        continue;
      }
      const id = random.pick(functions);
      const form = functionForm(id);
      const literal = [0, 0, 0, 0, 1 + random.below(patterns.length), 0][form >> 16]!;
      const result =
        (form & 15) === TEXT ? out.get(functionTextBytes(id, TEXT_MAX))! : assembler.temporary((form & 15) as RegisterType);
      const operand = (shift: number): number => {
        const type = (form >> shift) & 15;
        return type === 0 ? 0 : type === TEXT ? b : shift === 8 ? number : other;
      };
      const imm = BigInt(id) | (BigInt(operand(12)) << 16n) | (BigInt(literal) << 32n);
      assembler.op(Opcode.CALL, { a: result, b: a, c: operand(8), imm });
      // What was made is a text for the next ones; after a reset, one that is overwritten.
      if (result === out.get(TEXT_MAX)) assembler.op(Opcode.MOVE, { a: random.pick(texts), b: result });
      if (random.chance(10)) assembler.op(Opcode.RESET_TEXT);
    }
    const wide = assembler.temporary(RegisterType.WIDE_LOW);
    if (random.chance(20))
      assembler.op(Opcode.CALL, { a: wide, b: random.pick(texts), imm: BigInt(FunctionId.DECIMAL_FROM_TEXT) | (2n << 32n) });
    assembler.op(Opcode.OUT_NULL);
    box.mustLoad(writeImage(assembler.expressions(1, { blobs })));
    const untouched = before();
    // OK, INTERNAL where the scratch is full, or ARITHMETIC where a text writes no number; never a trap.
    expect([0, 5, 6], `round ${round}`).toContain(box.evaluate(payload).status);
    const after = before();
    for (const bytes of [untouched, after]) bytes.fill(0, box.slot - box.scratch - SCRATCH_BYTES);
    expect(Buffer.compare(after, untouched)).toBe(0);
  }
});
