// An ensemble in a program: its inputs side by side, one instruction, its results side by side, and the hits of its reasons.

import { ResultKind } from '../../assembly/shared/ensemble.js';
import { BlobKind } from '../../assembly/shared/image.js';
import { Opcode } from '../../assembly/shared/opcode.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import { encodeEnsemble } from '../ensembles/encode-ensemble.js';
import type { Label } from './code-buffer.js';
import type { Emitter } from './emit-bytecode.js';
import { mayBeNull } from './ir.js';
import type { EnsembleStep } from './steps.js';
import { grouped } from './wording.js';

/** Emits an ensemble. @param hit emits the hit of a rule, by its index in the order written */
export function emitEnsemble(emitter: Emitter, step: EnsembleStep, hit: (index: number) => void): void {
  const { registers, code } = emitter;
  const inputs = step.inputs.map(() => registers.own({ type: RegisterType.F64 }));
  for (const [index, value] of step.inputs.entries()) {
    const register = inputs[index]!;
    const isNull = code.label();
    // Missing, where the value does not come.
    if (mayBeNull(value)) emitter.emit(Opcode.CONST, register, 0, 0, Number.NaN);
    if (value.op !== 'constant' || value.value !== null) emitter.nullableValue(value, isNull, register);
    code.bind(isNull);
  }
  const results = [
    ...step.outputs.map(({ result }) => result),
    ...step.reasons.map((_, index) => ({ kind: ResultKind.CODE, index })),
  ];
  const { ensemble, features, by, explained, codes, isLow } = step;
  const use = { results, inputs: features, by, output: explained, codes, isLow };
  const blob = emitter.blobs.add({ kind: BlobKind.ENSEMBLE, bytes: encodeEnsemble(ensemble, use) });
  const places = results.map(() => registers.own({ type: RegisterType.F64 }));
  for (const [index, { feature }] of step.outputs.entries()) emitter.declareAt(feature, places[index]!);
  emitter.marked(`walking ${grouped(ensemble.trees.length)} trees`, 'train fewer or smaller trees', () =>
    emitter.emit(Opcode.ENSEMBLE, places[0]!, inputs[0] ?? 0, 0, BigInt(blob)),
  );
  const done = code.label();
  for (const [rank, rules] of step.reasons.entries()) {
    const next = code.label();
    const place = places[step.outputs.length + rank]!;
    // No code here: none in the places behind.
    emitter.test(Opcode.F64_LT_I, done, place, 0, 1);
    emitCode(emitter, place, rules, 0, rules.length, next, hit);
    code.bind(next);
  }
  code.bind(done);
}

/** The hit of the code that a register holds, one of `rules[first]` to `rules[end - 1]`. */
function emitCode(
  emitter: Emitter,
  place: number,
  rules: readonly number[],
  first: number,
  end: number,
  next: Label,
  hit: (index: number) => void,
): void {
  if (end - first === 1) {
    hit(rules[first]!);
    emitter.test(Opcode.JUMP, next);
    return;
  }
  const middle = (first + end) >>> 1;
  const upper = emitter.code.label();
  // Codes count from 1.
  emitter.test(Opcode.F64_GE_I, upper, place, 0, middle + 1);
  emitCode(emitter, place, rules, first, middle, next, hit);
  emitter.code.bind(upper);
  emitCode(emitter, place, rules, middle, end, next, hit);
}
