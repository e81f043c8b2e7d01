// Values for the parameters that an image reads, whatever its descriptors say: their least, their most, texts as long as may be.

import * as at from '#assembly/shared/image.js';
import { ParameterError } from '#assembly/shared/status.js';
import { RegisterType } from '#assembly/shared/value-type.js';
import { type ParameterBinding, writeParameters } from '#src/image/parameter-block.js';
import type { FuzzBox, Region } from './engine.js';

/** Bytes of a block that is written: images that need more are left out. */
const BLOCK_BYTES_MAX = 8192;
const VERSION = '0123456789abcdef';

/**
 * Binds the parameters of the verified image in the box at `address`.
 *
 * @param turn another one takes other values
 * @returns the address for the slot, 0 where the image reads none, and what the engine may read; undefined where it refuses them
 */
export function bindParameters(
  box: FuzzBox,
  image: Uint8Array,
  address: number,
  turn: number,
): { parameters: number; regions: Region[] } | undefined {
  const view = new DataView(image.buffer, image.byteOffset, image.length);
  const count = view.getUint32(at.IMAGE_PARAMETER_COUNT, true);
  if (count === 0) return { parameters: 0, regions: [] };
  const bindings: ParameterBinding[] = [];
  for (let index = 0; index < count; index++) {
    const place = view.getUint32(at.IMAGE_PARAMETERS, true) + index * at.PARAMETER_BYTES;
    bindings.push({ version: VERSION, content: contentOf(view, place, (index + turn) % 2 === 0) });
  }
  const block = writeParameters(bindings, address);
  if (block.length > BLOCK_BYTES_MAX) return undefined;
  box.bytes.set(block, address);
  const regions = [{ start: address, end: address + block.length }];
  box.allow([{ start: box.image, end: box.image + image.length }, ...regions]);
  const error = box.watch(() => box.exports.verifyParameters(box.image, address, block.length));
  return error === ParameterError.NONE ? { parameters: address, regions } : undefined;
}

function contentOf(view: DataView, place: number, isLeast: boolean): ParameterBinding['content'] {
  const bound = place + (isLeast ? at.PARAMETER_MIN : at.PARAMETER_MAX);
  switch (view.getUint32(place + at.PARAMETER_TYPE, true)) {
    case RegisterType.TEXT:
      return 'x'.repeat(isLeast ? 0 : Math.min(view.getUint32(place + at.PARAMETER_TEXT_MAX, true), BLOCK_BYTES_MAX));
    case RegisterType.BOOL:
      return isLeast;
    case RegisterType.F64:
      return view.getFloat64(bound, true);
    default:
      return view.getBigInt64(bound, true);
  }
}
