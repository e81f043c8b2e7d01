// Runs ensembles on the engine: an expression image of one ENSEMBLE over a payload of doubles.

import { ENSEMBLE_UNITS, ResultKind } from '#assembly/shared/ensemble.js';
import { BlobKind } from '#assembly/shared/image.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { type EnsembleUse, encodeEnsemble, usedFeatures } from '#src/ensembles/encode-ensemble.js';
import type { Ensemble } from '#src/ensembles/ensemble.js';
import { writeImage } from '#src/image/write-image.js';
import { Assembler } from './image-assembler.js';
import { EngineBox } from './image-engine.js';
import { modelOf } from './image-model.js';
import { payloadOf } from './image-payload.js';

const NAN_BITS = 0x7ff8000000000000n;

export interface EnsembleImage {
  image: Uint8Array;
  /** Bytes of a payload. @param row a number for each feature of the file; NaN goes as a missing field */
  payload(row: ArrayLike<number>): Uint8Array;
}

/** What is asked where a test says nothing: all margins, then all scores, then the class. */
export function plainUse(ensemble: Ensemble, rest: Partial<EnsembleUse> = {}): EnsembleUse {
  const outputs = Array.from({ length: ensemble.outputs }, (_, index) => index);
  const inputs = usedFeatures(ensemble);
  return {
    results: [
      ...outputs.map((index) => ({ kind: ResultKind.MARGIN, index })),
      ...outputs.map((index) => ({ kind: ResultKind.SCORE, index })),
      { kind: ResultKind.CLASS, index: 0 },
    ],
    inputs,
    by: 'path',
    output: 0,
    codes: inputs.map(() => 0),
    isLow: false,
    ...rest,
  };
}

export function imageOfBlob(blob: Uint8Array, inputs: readonly number[], results: number): EnsembleImage {
  const model = modelOf(inputs.map((_, index) => ({ name: `x${index}`, kind: FieldKind.DOUBLE })));
  const assembler = new Assembler(model);
  const first = inputs.map(() => assembler.temporary(RegisterType.F64));
  const out = Array.from({ length: results }, () => assembler.temporary(RegisterType.F64));
  for (const [index, register] of first.entries()) {
    const field = assembler.field(`x${index}`);
    assembler.op(Opcode.CONST, { a: register, imm: NAN_BITS });
    assembler.op(Opcode.IF_NULL, { a: field, c: 2 });
    assembler.op(Opcode.MOVE, { a: register, b: field });
  }
  assembler.op(Opcode.ENSEMBLE, { a: out[0]!, b: first[0] ?? 0, imm: 0n });
  for (const register of out) assembler.op(Opcode.OUT, { a: register, b: RegisterType.F64 });
  const image = writeImage(assembler.expressions(results, { blobs: [{ kind: BlobKind.ENSEMBLE, bytes: blob }] }));
  return {
    image,
    payload: (row) =>
      payloadOf(
        model,
        Object.fromEntries(inputs.flatMap((feature, index) => (Number.isNaN(row[feature]!) ? [] : [[`x${index}`, row[feature]!]]))),
      ),
  };
}

/** Results of an ensemble, row by row, as the engine has them. */
export class EnsembleRunner {
  readonly blob: Uint8Array;
  readonly #box: EngineBox;
  readonly #image: EnsembleImage;
  readonly #count: number;

  constructor(ensemble: Ensemble, use = plainUse(ensemble)) {
    this.blob = encodeEnsemble(ensemble, use);
    this.#count = use.results.length;
    this.#image = imageOfBlob(this.blob, use.inputs, this.#count);
    this.#box = new EngineBox({ imageBytesMax: this.#image.image.length + 4096, outputBytes: 65536 });
    this.#box.mustLoad(this.#image.image);
  }

  get units(): number {
    return new DataView(this.blob.buffer).getFloat64(ENSEMBLE_UNITS, true);
  }

  run(row: ArrayLike<number>): number[] {
    const { status, values } = this.#box.evaluate(this.#image.payload(row));
    if (status !== 0 || values.length !== this.#count) throw new Error(`status ${status}`);
    return values as number[];
  }
}
