// Every opcode has a generated form.

import { describe, expect, it } from 'vitest';
import { FunctionId } from '#assembly/shared/function.js';
import { IMAGE_CODE } from '#assembly/shared/image.js';
import { INSTRUCTION_C, INSTRUCTION_IMM, OPCODE_COUNT, Opcode } from '#assembly/shared/opcode.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { CODE_INSTRUCTIONS_MAX, PART_INSTRUCTIONS_MAX, whyNoCode, whyNoCodeForParts } from '#src/codegen/choice.js';
import { generateModule } from '#src/codegen/generate.js';
import { compile } from '#src/compiler/compile.js';
import { encodeEnsemble } from '#src/ensembles/encode-ensemble.js';
import { readEnsemble } from '#src/ensembles/read-ensemble.js';
import { readHeader } from '#src/image/header.js';
import { writeImage } from '#src/image/write-image.js';
import { imageOfBlob, plainUse } from '../lib/ensemble-engine.js';
import { Assembler } from '../lib/image-assembler.js';
import { modelOf } from '../lib/image-model.js';
import { SMALL_LIGHTGBM } from '../lib/small-models.js';

/** An image whose first instruction is `op`, with an imm, and not verified: only whether there is a form for it counts. */
function imageWith(op: number, imm = 0n): Uint8Array {
  const model = modelOf([{ name: 'xs', kind: FieldKind.LIST, items: { kind: FieldKind.DOUBLE }, maximum: 4 }]);
  const assembler = new Assembler(model);
  for (const type of [RegisterType.WIDE_LOW, RegisterType.TEXT]) assembler.temporary(type);
  assembler.op(Opcode.JUMP, { to: 'end' }).op(Opcode.JUMP, { to: 'end' }).label('end');
  const image = writeImage(assembler.decision([], { lists: [{ name: 'blocked', type: RegisterType.TEXT }] }));
  const view = new DataView(image.buffer);
  const code = view.getUint32(IMAGE_CODE, true);
  view.setUint16(code, op, true);
  view.setUint16(code + INSTRUCTION_C, 2, true);
  view.setBigUint64(code + INSTRUCTION_IMM, imm, true);
  return image;
}

describe('opcodes', () => {
  for (let op = 0; op < OPCODE_COUNT; op++) {
    // The ends of FOR and FOR_PIECE; and what reads a blob: below, and in match.test.ts.
    if (op === Opcode.NEXT || op === Opcode.NEXT_PIECE) continue;
    if (op === Opcode.ENSEMBLE || op === Opcode.MATCH || op === Opcode.ALIVE) continue;
    it(`${Opcode[op]} has a form`, () => {
      const loop = op === Opcode.FOR_PIECE ? 2n : 0n;
      const { unsupported } = generateModule(imageWith(op, op === Opcode.CALL ? BigInt(FunctionId.TEXT_TRIM) : loop));
      expect(unsupported).toBeUndefined();
    });
  }

  it('ENSEMBLE has a form', () => {
    const read = readEnsemble(new TextEncoder().encode(SMALL_LIGHTGBM));
    if (!('ensemble' in read)) throw new Error(read.message);
    const use = plainUse(read.ensemble);
    const { image } = imageOfBlob(encodeEnsemble(read.ensemble, use), use.inputs, use.results.length);
    expect(generateModule(image).unsupported).toBeUndefined();
  });

  it('that do not exist are refused by number', () => {
    expect(generateModule(imageWith(OPCODE_COUNT + 7)).unsupported).toBe(`no code is generated for opcode ${OPCODE_COUNT + 7}`);
    expect(generateModule(imageWith(Opcode.CALL, 9999n)).unsupported).toBe('no code is generated for function 9999');
  });
});

/** The deciding part of rules that an index finds but for a test that it leaves of each. */
function imageOfParts(rules: number): Uint8Array {
  const documents = {
    'bundle.yaml':
      'name: parts\nversion: 1.0.0\nmodel: model.yaml\nprofile: strict\nonError: fail\n' +
      'decide: { combine: score, outcomes: [{ outcome: approve }] }\n',
    'model.yaml': 'type: object\nrequired: [a, b]\nproperties: { a: { type: number }, b: { type: number } }\n',
    'rules/r.yaml': Array.from(
      { length: rules },
      (_, i) =>
        `- { id: r${i}, when: a > ${i} && a < ${i + 2} && b > ${i} && b < ${i + 2} && a * ${i + 3} % 7 + b * ${i} > 5 && a - b * ${i + 1} > 3, then: { score: 1 } }\n`,
    ).join(''),
  };
  const files = new Map(Object.entries(documents).map(([name, text]) => [name, new TextEncoder().encode(text)]));
  const { image, diagnostics } = compile(files, { costMax: Number.MAX_SAFE_INTEGER });
  if (image === undefined) throw new Error(diagnostics[0]?.message);
  return image.subarray(0, readHeader(image).bytes);
}

describe('the choice', () => {
  it.each([
    [CODE_INSTRUCTIONS_MAX, undefined],
    [CODE_INSTRUCTIONS_MAX + 1, `its program has ${CODE_INSTRUCTIONS_MAX + 1} instructions, more than ${CODE_INSTRUCTIONS_MAX}`],
  ])('of %d instructions', (codeCount, why) => {
    expect(whyNoCode({ codeCount })).toBe(why);
  });

  it.each([
    [PART_INSTRUCTIONS_MAX, PART_INSTRUCTIONS_MAX, true],
    [PART_INSTRUCTIONS_MAX + 1, PART_INSTRUCTIONS_MAX + 1, false],
    [PART_INSTRUCTIONS_MAX + 1, PART_INSTRUCTIONS_MAX + 2, true],
    [60_000, 60_218, false],
    [60_000, 60_219, true],
  ])('of %d instructions of parts among %d', (parts, codeCount, gets) => {
    expect(whyNoCodeForParts(parts, codeCount) === undefined).toBe(gets);
  });

  it('counts the instructions of parts', () => {
    expect(generateModule(imageOfParts(700)).unsupported).toMatch(
      /^\d+ of its \d+ instructions are what match indexes leave of rules, and the VM is faster past those$/,
    );
    expect(generateModule(imageOfParts(70)).unsupported).toBeUndefined();
  });
});
