// Values of parameters that the caller of an exported module binds: a block that `verdict parameter build` makes of them. It is
// checked where it lies, and takes the place of the block before only when all of it fits.
//
//   | magic u32 | 0 u32 | hash of the image, 16 characters | bindings, as of the engine | texts |
//
// A text's address is counted from the first binding.

import { verifyParameters } from '../parameters/verify';
import { EMBED_BASE, EMBED_HASH, EMBED_PARAMETERS_ROOM, PARAMETER_BLOCK_BYTES, PARAMETER_BLOCK_MAGIC } from '../shared/embed';
import { IMAGE_PARAMETER_COUNT, IMAGE_PARAMETERS, PARAMETER_BYTES, PARAMETER_TYPE } from '../shared/image';
import { PARAMETER_BINDING_BYTES, PARAMETER_VALUE } from '../shared/layout';
import { ParameterError } from '../shared/status';
import { RegisterType } from '../shared/value-type';

/** What verdict_parameters returns; schemas/verdict.h. */
const BOUND: u32 = 0;
const NONE_READ: u32 = 1;
const DAMAGED: u32 = 2;
const OTHER_IMAGE: u32 = 3;
const OUT_OF_BOUNDS: u32 = 4;

/**
 * Binds the parameters of a verified image.
 *
 * @param target where its bindings lie, EMBED_PARAMETERS_ROOM bytes
 * @param block a multiple of 8; changed
 */
export function bindParameters(image: usize, target: usize, block: usize, bytes: u32): u32 {
  if (load<u32>(image, IMAGE_PARAMETER_COUNT) === 0) return NONE_READ;
  if (bytes < (PARAMETER_BLOCK_BYTES as u32) || load<u32>(block) !== PARAMETER_BLOCK_MAGIC) return DAMAGED;
  const isOwn =
    load<u64>(block, 8) === load<u64>(EMBED_BASE, EMBED_HASH) && load<u64>(block, 16) === load<u64>(EMBED_BASE, EMBED_HASH + 8);
  if (!isOwn) return OTHER_IMAGE;
  const from = block + PARAMETER_BLOCK_BYTES;
  const length = bytes - (PARAMETER_BLOCK_BYTES as u32);
  if (length > load<u32>(EMBED_BASE, EMBED_PARAMETERS_ROOM) || !moveTexts(image, from, length, 0, from)) return DAMAGED;
  const error = verifyParameters(image, from, length);
  if (error !== ParameterError.NONE) return error === ParameterError.BAD_VALUE ? OUT_OF_BOUNDS : DAMAGED;
  memory.copy(target, from, length);
  moveTexts(image, target, length, from, target);
  return BOUND;
}

/** Counts the addresses of texts in `bytes` at `block` from another place. False where one is not inside them, or a binding is. */
function moveTexts(image: usize, block: usize, bytes: u32, from: usize, to: usize): bool {
  const count = load<u32>(image, IMAGE_PARAMETER_COUNT);
  if ((count as u64) * (PARAMETER_BINDING_BYTES as u64) > (bytes as u64)) return false;
  const descriptors = image + load<u32>(image, IMAGE_PARAMETERS);
  for (let index: u32 = 0; index < count; index++) {
    if (load<u32>(descriptors + index * PARAMETER_BYTES, PARAMETER_TYPE) !== RegisterType.TEXT) continue;
    const binding = block + index * PARAMETER_BINDING_BYTES;
    const bits = load<u64>(binding, PARAMETER_VALUE);
    const offset = ((bits & 0xffffffff) as usize) - from;
    if (offset > (bytes as usize)) return false;
    store<u64>(binding, (bits & 0xffffffff00000000) | ((to + offset) as u64), PARAMETER_VALUE);
  }
  return true;
}
