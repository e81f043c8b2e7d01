// Generated code: from an image to a WebAssembly module that decides as the engine does with that image, and does nothing else. It
// runs on the same memory, with the same scratch, and asks the engine for what is rare.
//
//   decidePayload(slot, image, index, payload, bytes, output), decide(slot), decideFrame(slot), decideJson(slot),
//   decideText(slot, image, text, bytes, output)
//                                          of an image that decides: as the engine's exports of that name
//   evaluate(slot)                         of an image of expressions
//
// Each calls one function for a payload: check and load it, run the program, write the decision. Registers are locals, the image's
// places and sizes are constants; its address comes with the slot, so the module belongs to an image, wherever it lies.

import {
  IMAGE_CODE_COUNT,
  IMAGE_DECISION_BYTES_MAX,
  IMAGE_FIELD_REGISTERS,
  IMAGE_KIND,
  IMAGE_LIST_COUNT,
  IMAGE_NOW_REGISTER,
  IMAGE_OUT_COUNT,
  IMAGE_PARAMETER_COUNT,
  IMAGE_RULE_COUNT,
  ImageKind,
  NO_REGISTER,
} from '../../assembly/shared/image.js';
import {
  ENTRY_STATUS_SHIFT,
  SCRATCH_HITS,
  SCRATCH_TEXT,
  SLOT_LISTS,
  SLOT_NOW,
  SLOT_PARAMETERS,
  VALUE_BYTES,
} from '../../assembly/shared/layout.js';
import { Status } from '../../assembly/shared/status.js';
import { Op, ValueType } from '../wasm/format.js';
import { emitBranching } from './branching.js';
import { whyNoCode, whyNoCodeForParts } from './choice.js';
import { emitDecision } from './decision.js';
import { ENGINE_FUNCTIONS, engineFunction } from './engine-calls.js';
import { decideBody, decideFrameBody, decideTextBody, evaluateBody } from './entries.js';
import { Frame, Parameter } from './frame.js';
import { addHelpers } from './helpers.js';
import { emitId } from './id.js';
import { ImageParts } from './image-parts.js';
import { readTextBody } from './json-text.js';
import { partInstructions } from './jumps.js';
import { ModuleWriter } from './module-writer.js';
import { emitBeginOutputs, emitEndOutputs, hasOutputs } from './outputs.js';
import { PayloadLoader } from './payload.js';
import { emitPredicated, isPredicable } from './predicated.js';
import { addRanks, emitRanks, type Ranks } from './ranks.js';
import { type Segment, segmentsOf } from './segments.js';
import { Unsupported } from './unsupported.js';

/** Bytes of hit bits that are set to 0 one word after the other: a call of memory.fill costs as much as some 20. */
const UNROLLED_BYTES_MAX = 256;

/** A module, or why there is none. */
export type Generated =
  | { readonly module: Uint8Array; readonly unsupported?: never }
  | { readonly module?: never; readonly unsupported: string };

/**
 * Generates the module of an image, whose deciding part has been verified or comes from the compiler.
 *
 * @param byRanks false: the tests of all rules one after the other, to compare the two
 */
export function generateModule(deciding: Uint8Array, byRanks = true): Generated {
  try {
    return { module: generate(new ImageParts(deciding), byRanks) };
  } catch (error) {
    if (error instanceof Unsupported) return { unsupported: error.message };
    throw error;
  }
}

function generate(image: ImageParts, byRanks: boolean): Uint8Array {
  const module = new ModuleWriter('engine', ENGINE_FUNCTIONS);
  const helpers = addHelpers(module);
  const frame = new Frame(image, helpers);
  const decides = image.word(IMAGE_KIND) === ImageKind.DECISION;
  const codeCount = image.word(IMAGE_CODE_COUNT);
  const why = whyNoCode({ codeCount }) ?? whyNoCodeForParts(partInstructions(image), codeCount);
  if (why !== undefined) throw new Unsupported(why);
  const segments = segmentsOf(image);
  const ranks = decides && byRanks ? addRanks(module, frame, segments) : undefined;
  emitPayload(frame, decides, segments, ranks);
  const payload = module.add(frame.body, [ValueType.I32], decides ? 'decidePayload' : undefined);
  if (decides) {
    const decisionBytesMax = image.word(IMAGE_DECISION_BYTES_MAX);
    const readText = module.add(readTextBody(image), [ValueType.I32]);
    module.add(decideBody(payload, decisionBytesMax), [ValueType.I32], 'decide');
    module.add(decideBody(payload, decisionBytesMax, readText), [ValueType.I32], 'decideJson');
    module.add(decideFrameBody(payload), [ValueType.I32], 'decideFrame');
    module.add(decideTextBody(payload, readText), [ValueType.I32], 'decideText');
  } else {
    module.add(evaluateBody(payload, image.word(IMAGE_OUT_COUNT) * VALUE_BYTES), [ValueType.I32], 'evaluate');
  }
  return module.finish();
}

/** One payload. Leaves bytes | status << ENTRY_STATUS_SHIFT of its decision; of an image of expressions, its status. */
function emitPayload(frame: Frame, decides: boolean, segments: readonly Segment[], ranks: Ranks | undefined): void {
  const { body, image } = frame;
  const id = { high: body.local(ValueType.I64), low: body.local(ValueType.I64) };
  body.get(Parameter.SLOT);
  body.memory(Op.I32_LOAD, SLOT_LISTS);
  body.set(frame.lists);
  body.get(Parameter.SLOT);
  body.memory(Op.I32_LOAD, SLOT_PARAMETERS);
  body.set(frame.parameters);
  if (decides) emitId(frame, id);

  frame.fail = body.block();
  new PayloadLoader(frame, decides).emit();
  frame.emitGuards();
  emitContext(frame);
  if (frame.hitsInScratch) emitNoHits(frame);
  if (hasOutputs(image)) emitBeginOutputs(frame);
  frame.done = body.block();
  const firstRanked = segments.find((segment) => ranks?.segments.has(segment));
  for (const segment of segments) {
    if (segment === firstRanked && ranks !== undefined) emitRanks(frame, ranks);
    if (ranks?.segments.has(segment)) continue;
    if (isPredicable(frame, segment)) emitPredicated(frame, segment);
    else emitBranching(frame, segment);
  }
  body.end();
  if (hasOutputs(image)) emitEndOutputs(frame);
  if (decides) {
    emitDecision(frame, id);
    emitParameterVersions(frame);
    body.op(Op.RETURN);
  } else {
    body.i32(Status.OK);
    body.i32(Status.INTERNAL);
    body.get(frame.out);
    body.get(frame.outEnd);
    body.op(Op.I32_EQ, Op.SELECT, Op.RETURN);
  }
  body.end();

  if (!decides) {
    body.get(frame.status);
    return;
  }
  body.get(Parameter.IMAGE);
  body.get(Parameter.OUTPUT);
  body.get(id.high);
  body.get(id.low);
  body.get(Parameter.SLOT);
  body.memory(Op.I64_LOAD, SLOT_NOW);
  body.get(frame.lists);
  body.get(frame.status);
  body.call(engineFunction('writeFailure'));
  body.get(frame.status);
  body.i32(ENTRY_STATUS_SHIFT);
  body.op(Op.I32_SHL, Op.I32_OR);
  if (image.word(IMAGE_PARAMETER_COUNT) === 0) return;
  body.get(frame.parameters);
  body.if();
  emitParameterVersions(frame);
  body.end();
}

/** Sets the hit bits in the scratch to 0. */
function emitNoHits(frame: Frame): void {
  const { body, image } = frame;
  const bytes = Math.ceil(image.word(IMAGE_RULE_COUNT) / 64) * 8;
  if (bytes > UNROLLED_BYTES_MAX) {
    frame.pushScratch();
    body.i32(SCRATCH_HITS);
    body.op(Op.I32_ADD);
    body.i32(0);
    body.i32(bytes);
    body.fillMemory();
    return;
  }
  for (let at = 0; at < bytes; at += 8) {
    frame.pushScratch();
    body.i64(0n);
    body.memory(Op.I64_STORE, SCRATCH_HITS + at);
  }
}

/** Writes the versions of the sets of parameters, which are bound, into the decision. */
function emitParameterVersions({ body, image, parameters }: Frame): void {
  if (image.word(IMAGE_PARAMETER_COUNT) === 0) return;
  body.get(Parameter.IMAGE);
  body.get(parameters);
  body.get(Parameter.OUTPUT);
  body.call(engineFunction('writeParameterVersions'));
}

/** What the program reads besides the payload: now, lists, parameters, the text scratch, the place of its values. */
function emitContext(frame: Frame): void {
  const { body, image } = frame;
  const now = image.word(IMAGE_NOW_REGISTER);
  if (now !== NO_REGISTER && now < image.word(IMAGE_FIELD_REGISTERS) && frame.fieldsRead.has(now)) {
    body.get(Parameter.SLOT);
    body.memory(frame.isDouble(now) ? Op.F64_LOAD : Op.I64_LOAD, SLOT_NOW);
    body.set(frame.register(now));
  }
  if (image.word(IMAGE_LIST_COUNT) > 0) {
    body.get(Parameter.IMAGE);
    body.get(frame.lists);
    body.call(engineFunction('listsAreBound'));
    body.op(Op.I32_EQZ);
    frame.failIf(Status.LIST_MISSING);
  }
  if (image.word(IMAGE_PARAMETER_COUNT) > 0) {
    body.get(frame.parameters);
    body.op(Op.I32_EQZ);
    frame.failIf(Status.LIST_MISSING);
  }
  frame.pushScratch();
  body.i32(SCRATCH_TEXT);
  body.op(Op.I32_ADD);
  body.tee(frame.textTop);
  body.set(frame.textBase);
  body.get(Parameter.OUTPUT);
  body.tee(frame.out);
  body.i32(image.word(IMAGE_OUT_COUNT) * VALUE_BYTES);
  body.op(Op.I32_ADD);
  body.set(frame.outEnd);
}
