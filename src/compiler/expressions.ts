// Single expressions of any type -> an EXPRESSIONS image, which writes their values: for explanations and tests.

import { ImageKind } from '../../assembly/shared/image.js';
import { Combine, Outcome } from '../../assembly/shared/outcome.js';
import { type Diagnostic, DiagnosticBag } from '../diagnostic/diagnostic.js';
import { imageUnits } from '../image/cost.js';
import type { ImageParts } from '../image/parts.js';
import { writeImage } from '../image/write-image.js';
import type { Model } from '../schema/model.js';
import { checkSource } from './check-rules.js';
import { pathUnits, payloadUnits } from './cost.js';
import { Emitter } from './emit-bytecode.js';
import type { Ir } from './ir.js';
import { IMAGE_COST_MAX } from './limits.js';
import { joinsTexts, reportJoined, reportSize } from './program.js';
import { Registers } from './registers.js';
import { looseSource } from './source.js';
import { typeName } from './types.js';

export interface ExpressionsResult {
  /**
   * The deciding part of an EXPRESSIONS image (no manifest): one value for each source, in order. Absent where there are
   * errors.
   */
  image?: Uint8Array;
  /** Spans name `expression N` (from 1) as their file. */
  diagnostics: Diagnostic[];
  /**
   * Type of each value, without null: boolean, number, decimal(SCALE), string, enum(PATH), timestamp, date, null; `error` where
   * the source has faults.
   */
  types: string[];
}

/** Compiles expressions over a model. A result may be null; objects are no results. */
export function compileExpressions(
  model: Model,
  sources: readonly string[],
  options: { costMax?: number } = {},
): ExpressionsResult {
  const bag = new DiagnosticBag();
  const texts = sources.map((text, index) => looseSource(`expression ${index + 1}`, text));
  const checked = texts.map((source) => {
    const ir = checkSource(source, model, 'strict', bag);
    if (ir?.type.kind !== 'object') return ir;
    bag.error('V3315', source.span, 'an object cannot be the value of an expression', 'name one of its fields');
    return undefined;
  });
  const types = checked.map((ir) => (ir === undefined ? 'error' : typeName(ir.type)));
  if (bag.hasErrors) return { diagnostics: bag.items, types };

  const values = checked as Ir[];
  const emitter = new Emitter(new Registers(model, values));
  // Texts are joined once for all of the expressions: their values are read after the program's end.
  if (values.some(joinsTexts)) emitter.resetText();
  for (const [index, ir] of values.entries()) {
    emitter.output(ir);
    reportJoined(emitter, texts[index]!.span, bag);
  }
  emitter.end();
  const whole = texts[0]?.span ?? { file: 'expression 1', start: 0, end: 0 };
  reportSize(emitter, whole, bag);
  const code = emitter.code.toBytes();
  const cost = payloadUnits(model) + pathUnits(code, emitter.code.units);
  const costMax = options.costMax ?? IMAGE_COST_MAX;
  if (cost > costMax) bag.error('V5005', whole, `a payload costs up to ${cost} units, more than ${costMax}`);
  if (bag.hasErrors) return { diagnostics: bag.items, types };

  const { registers } = emitter;
  const parts: Omit<ImageParts, 'costMax'> = {
    kind: ImageKind.EXPRESSIONS,
    model,
    registerOfField: registers.ofField,
    nowRegister: registers.now,
    registers: registers.descriptors,
    fieldRegisterCount: registers.fieldCount,
    code,
    constants: emitter.constants.toBytes(),
    blobs: [],
    lists: [],
    rules: [],
    thresholds: [],
    combine: Combine.SCORE,
    onError: Outcome.NONE,
    outcomeDefault: Outcome.NONE,
    reasonsMax: 0,
    outCount: values.length,
    name: 'expressions',
    version: '0.0.0',
  };
  const image = writeImage({ ...parts, costMax: imageUnits(parts) });
  return { image, diagnostics: bag.items, types };
}
