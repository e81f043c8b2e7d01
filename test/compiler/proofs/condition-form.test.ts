// Random conditions over random payloads: V8 says whether they are true, their boxes must say the same as far as they are over
// fields, and so must the values that examples rest on.

import { expect, it } from 'vitest';
import { FieldKind } from '#assembly/shared/value-type.js';
import { checkSource } from '#src/compiler/check-source.js';
import { ConditionForms } from '#src/compiler/proofs/condition-form.js';
import { evaluate, UNKNOWN } from '#src/compiler/proofs/evaluate.js';
import type { DomainValue } from '#src/compiler/proofs/table-form.js';
import { setHas } from '#src/compiler/proofs/value-set.js';
import { looseSource } from '#src/compiler/source.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import type { Field } from '#src/schema/model.js';
import { readPayload } from '#src/schema/reader.js';
import { ExpressionGenerator } from '../../lib/expression-generator.js';
import { generatorModel, NOWS, Random, randomPayload } from '../../lib/expression-model.js';
import { payloadOf } from '../../lib/image-payload.js';

const SEED = Number(process.env.VERDICT_SEED ?? 20_263);
const ROUNDS = 1500;
const PAYLOADS = 12;

/** The value of a field in register form, out of what the reader gives. */
function fieldValue(payload: Record<string, unknown>, field: Field): DomainValue {
  let value: unknown = payload;
  for (const name of field.path.split('.')) value = (value as Record<string, unknown> | null)?.[name] ?? null;
  if (value === null) return null;
  if (field.kind === FieldKind.ENUM) return field.members!.find(({ name }) => name === value)!.number;
  if (field.kind === FieldKind.OBJECT) return true;
  return field.kind === FieldKind.DATE ? BigInt(value as bigint) : (value as DomainValue);
}

it(`forms and values agree with V8, seed ${SEED}`, () => {
  const random = new Random(SEED);
  const generator = new ExpressionGenerator(random);
  const counts = { exact: 0, loose: 0, values: 0, unknown: 0, never: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const { source, js } = generator.make('boolean', 1 + random.below(4), new Set());
    const ir = checkSource(looseSource('condition', source), generatorModel, 'strict', new DiagnosticBag());
    if (ir === undefined) throw new Error(`${source} is refused`);
    const { boxes } = new ConditionForms(generatorModel).formOf(ir);
    const isExact = boxes.every((box) => [...box.keys()].every(({ field }) => field !== undefined));
    if (boxes.length === 0) counts.never++;
    const v8 = new Function('p', 'now', `return ${js}`) as (p: unknown, now: bigint) => boolean;
    for (let index = 0; index < PAYLOADS; index++) {
      const read = readPayload(generatorModel, payloadOf(generatorModel, randomPayload(random)));
      if (!read.ok) throw new Error(read.message);
      const expected = v8(read.value, random.pick(NOWS));
      const registerOf = (field: Field) => fieldValue(read.value as Record<string, unknown>, field);
      const value = evaluate(ir, { featureValue: () => undefined, fieldValue: registerOf });
      if (value === UNKNOWN) counts.unknown++;
      else {
        counts.values++;
        expect(`${source}: ${String(value)}`).toBe(`${source}: ${expected}`);
      }
      const inBox = boxes.some((box) =>
        [...box].every(([{ field }, { set }]) => field === undefined || setHas(set, registerOf(field))),
      );
      if (isExact) {
        counts.exact++;
        expect(`${source}: ${inBox}`).toBe(`${source}: ${expected}`);
      } else {
        counts.loose++;
        if (expected) expect(`${source}: ${inBox}`).toBe(`${source}: true`);
      }
    }
  }
  expect(counts.exact).toBeGreaterThan(3000);
  expect(counts.loose).toBeGreaterThan(1000);
  expect(counts.values).toBeGreaterThan(10 * counts.unknown);
  expect(counts.never).toBeGreaterThan(0);
});
