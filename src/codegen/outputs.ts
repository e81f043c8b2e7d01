// Outputs of decisions, which the engine writes: assembly/outputs/write.ts. Values are handed to it as bits of registers.

import { IMAGE_OUTPUTS, IMAGE_TEMPLATE_BYTES } from '../../assembly/shared/image.js';
import { Status } from '../../assembly/shared/status.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import { Op } from '../wasm/format.js';
import { engineFunction } from './engine-calls.js';
import { type Frame, Parameter } from './frame.js';
import type { ImageParts, Instruction } from './image-parts.js';

/** Whether the decisions of an image have outputs. */
export function hasOutputs(image: ImageParts): boolean {
  return image.word(IMAGE_OUTPUTS) !== 0;
}

/** Begins the outputs of a payload, before its program. */
export function emitBeginOutputs(frame: Frame): void {
  pushOutputs(frame);
  frame.body.call(engineFunction('beginOutputs'));
}

/** An OUT of an image that decides. */
export function emitOutput(frame: Frame, { a, b, imm, low }: Instruction): void {
  const { body } = frame;
  pushOutputs(frame);
  body.i32(low);
  if (b === 0) {
    body.i32(Number(imm >> 32n));
    body.call(engineFunction('actOnOutput'));
  } else {
    body.get(frame.register(a));
    if (frame.isDouble(a)) body.op(Op.I64_REINTERPRET_F64);
    if (b === RegisterType.WIDE_LOW) body.get(frame.register(a + 1));
    else body.i64(0n);
    body.call(engineFunction('storeOutput'));
  }
  body.op(Op.I32_EQZ);
  frame.failIf(Status.INTERNAL);
}

/** Ends the outputs, behind the program. */
export function emitEndOutputs(frame: Frame): void {
  pushBegin(frame);
  frame.body.call(engineFunction('endOutputs'));
  frame.body.op(Op.I32_EQZ);
  frame.failIf(Status.INTERNAL);
}

/** Leads from a decision, whose template has been copied, to its outputs. Pushes how far behind it its reasons begin. */
export function emitShowOutputs({ body, image }: Frame): void {
  body.get(Parameter.OUTPUT);
  body.i32(image.word(IMAGE_TEMPLATE_BYTES));
  body.call(engineFunction('showOutputs'));
}

/** Pushes the address of the image's blob and of where the outputs go. */
function pushOutputs(frame: Frame): void {
  const { body, image } = frame;
  body.get(Parameter.IMAGE);
  body.i32(image.blobOffset(image.word(IMAGE_OUTPUTS) - 1));
  body.op(Op.I32_ADD);
  pushBegin(frame);
}

function pushBegin({ body, image }: Frame): void {
  body.get(Parameter.OUTPUT);
  body.i32(image.word(IMAGE_TEMPLATE_BYTES));
  body.op(Op.I32_ADD);
}
