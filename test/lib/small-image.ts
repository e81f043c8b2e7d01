// The smallest image that decides something, without the compiler: what tests of memory, threads and files publish.

import { Opcode } from '#assembly/shared/opcode.js';
import { Outcome } from '#assembly/shared/outcome.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { joinImageFile } from '#src/image/file.js';
import type { Manifest } from '#src/image/manifest.js';
import { writeImage } from '#src/image/write-image.js';
import type { Model, ModelLock } from '#src/schema/model.js';
import { readModel } from '#src/schema/read-model.js';
import { Assembler } from './image-assembler.js';

const SCHEMA = {
  type: 'object',
  title: 'Payment',
  required: ['amount'],
  properties: { amount: { type: 'number' }, note: { type: 'string', maxLength: 5000 } },
};

/** Model of the small image: `amount`, and a `note` that no rule reads. */
export function smallModel(lock?: ModelLock): Model {
  const bag = new DiagnosticBag();
  const model = readModel(SCHEMA, lock, () => ({ file: 'model.yaml', start: 0, end: 0 }), bag);
  if (model === undefined || bag.hasErrors) throw new Error(`the small model does not read: ${JSON.stringify(bag.items)}`);
  return model;
}

/** An image file whose one rule, `amount > limit`, declines with reason LARGE. */
export function smallImage(options: { name?: string; version?: string; limit?: number } = {}): Uint8Array {
  const { name = 'small', version = '1.0.0', limit = 100 } = options;
  const model = smallModel();
  const assembler = new Assembler(model);
  assembler.op(Opcode.F64_NOT_GT_I, { a: assembler.field('amount'), to: 'end', f64: limit });
  assembler.op(Opcode.HIT, { imm: 0n });
  assembler.label('end');
  const rule = { id: 'large', score: 10, outcome: Outcome.DECLINE, reason: 'LARGE' };
  const deciding = writeImage(assembler.decision([rule], { name, version }));
  const manifest: Manifest = {
    format: 2,
    name,
    version,
    profile: 'strict',
    combine: 'score',
    onError: 'review',
    model,
    rules: [
      {
        id: 'large',
        file: 'rules/a.yaml',
        line: 1,
        when: `amount > ${limit}`,
        score: 10,
        outcome: 'decline',
        reason: 'LARGE',
        cost: 3,
      },
    ],
    ranks: [0],
    features: [],
    tables: [],
    scorecards: [],
    lists: [],
    parameters: [],
    costs: [],
    costMax: 3,
    modelSchema: SCHEMA,
  };
  return joinImageFile(deciding, manifest);
}
