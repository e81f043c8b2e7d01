// What the generator writes for fixed images. Stored code is told apart by GENERATOR_VERSION alone where the engine is the same: so
// whoever changes what is written raises the version, and pins the new hash here.

import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { Opcode } from '#assembly/shared/opcode.js';
import { Outcome } from '#assembly/shared/outcome.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { GENERATOR_VERSION } from '#src/codegen/choice.js';
import { generateModule } from '#src/codegen/generate.js';
import { writeImage } from '#src/image/write-image.js';
import { Assembler } from '../lib/image-assembler.js';
import { modelOf } from '../lib/image-model.js';

/** First 16 hex digits of the sha256 over the modules of all images below, for this version. */
const PINNED = { version: 13, hash: '7ebbdd99c0d6bba2' };

const model = modelOf([
  { name: 'amount', kind: FieldKind.DOUBLE, required: true, minimum: 0, maximum: 1e6 },
  { name: 'country', kind: FieldKind.TEXT, required: true, maximum: 8 },
  { name: 'note', kind: FieldKind.TEXT, maximum: 40 },
  { name: 'card', kind: FieldKind.OBJECT, fields: [{ name: 'age', kind: FieldKind.LONG, required: true }] },
  { name: 'xs', kind: FieldKind.LIST, items: { kind: FieldKind.DOUBLE }, maximum: 4 },
  { name: 'at', kind: FieldKind.TIMESTAMP },
]);

/** Rules with and without branches, with a loop, with calls of the engine. */
function images(): Uint8Array[] {
  const plain = new Assembler(model);
  const sum = plain.temporary(RegisterType.F64);
  plain.op(Opcode.F64_MUL_I, { a: sum, b: plain.field('amount'), f64: 2 });
  plain.op(Opcode.F64_NOT_GT_I, { a: sum, to: 'next', f64: 100 });
  plain.op(Opcode.TEXT_NE_I, { a: plain.field('country'), to: 'next', text: 'DE' });
  plain.op(Opcode.HIT, { imm: 0n }).label('next');
  plain.op(Opcode.IF_NULL, { a: plain.field('note'), to: 'end' });
  plain.op(Opcode.TEXT_LT_I, { a: plain.field('note'), to: 'end', text: 'm' });
  plain.op(Opcode.HIT, { imm: 1n }).label('end');
  plain.op(Opcode.F64_NOT_GT_I, { a: plain.field('amount'), to: 'last', f64: 5 });
  plain.op(Opcode.TEXT_NE_I, { a: plain.field('country'), to: 'last', text: 'US' });
  plain.op(Opcode.HIT, { imm: 2n }).label('last');
  const rules = [
    { id: 'a', score: 7.25, outcome: Outcome.NONE, reason: 'ONE' },
    { id: 'b', score: 1, outcome: Outcome.REVIEW, reason: null },
    { id: 'c', score: 0.5, outcome: Outcome.NONE, reason: null },
  ];
  const values = new Assembler(model);
  const left = values.temporary(RegisterType.F64);
  values.op(Opcode.F64_REM_I, { a: left, b: values.field('amount'), f64: 7 });
  values.op(Opcode.F64_DIV_I, { a: left, b: left, f64: 3 }).op(Opcode.OUT, { a: left, b: RegisterType.F64 });
  const many = Array.from({ length: 2100 }, (_, i) => ({ id: `r${i}`, score: 1, outcome: Outcome.NONE, reason: 'R' }));
  const hit = new Assembler(model).op(Opcode.HIT, { imm: 2099n });
  const ranks = new Assembler(model);
  for (let rank = 0; rank < 40; rank++) {
    ranks.op(Opcode.F64_NOT_GT_I, { a: ranks.field('amount'), to: `${rank}`, f64: rank });
    ranks.op(Opcode.TEXT_NE_I, { a: ranks.field('country'), to: `${rank}`, text: 'DE' });
    ranks.op(Opcode.HIT, { imm: BigInt(rank) }).label(`${rank}`);
  }
  return [
    writeImage(ranks.decision(many.slice(0, 40))),
    writeImage(plain.decision(rules)),
    writeImage(values.expressions(1)),
    writeImage(hit.decision(many)),
  ];
}

it('what is generated has the version that it was pinned with', () => {
  const hash = createHash('sha256');
  for (const image of images()) {
    const { module, unsupported } = generateModule(image);
    if (module === undefined) throw new Error(unsupported);
    hash.update(module);
  }
  expect(
    { version: GENERATOR_VERSION, hash: hash.digest('hex').slice(0, 16) },
    'raise GENERATOR_VERSION, then pin the hash',
  ).toEqual(PINNED);
});
