// Parameter descriptors of an image, checked and read. Where in the template their versions are is for template.ts.

import {
  IMAGE_PARAMETER_COUNT,
  IMAGE_PARAMETERS,
  PARAMETER_BYTES,
  PARAMETER_MAX,
  PARAMETER_MIN,
  PARAMETER_TEXT_MAX,
  PARAMETER_TYPE,
} from '../shared/image';
import { TEXT_CHARS_MAX } from '../shared/limits';
import { ImageError } from '../shared/status';
import { RegisterType } from '../shared/value-type';
import { maxOf, typeOf } from './registers';

/** Bytes without a meaning yet; they are 0. */
const PARAMETER_RESERVED = 12;

function descriptor(image: usize, index: u32): usize {
  return image + load<u32>(image, IMAGE_PARAMETERS) + index * PARAMETER_BYTES;
}

/** Types are those that a parameter may have, and their bounds hold at least one value. */
export function verifyParameterTypes(image: usize): ImageError {
  const count = load<u32>(image, IMAGE_PARAMETER_COUNT);
  for (let index: u32 = 0; index < count; index++) {
    if (!boundsFit(descriptor(image, index))) return ImageError.BAD_PARAMETER;
  }
  return ImageError.NONE;
}

function boundsFit(parameter: usize): bool {
  const textMax = load<u32>(parameter, PARAMETER_TEXT_MAX);
  if (load<u32>(parameter, PARAMETER_RESERVED) !== 0) return false;
  switch (load<u32>(parameter, PARAMETER_TYPE)) {
    case RegisterType.F64:
      return textMax === 0 && load<f64>(parameter, PARAMETER_MIN) <= load<f64>(parameter, PARAMETER_MAX);
    case RegisterType.I64:
      return textMax === 0 && load<i64>(parameter, PARAMETER_MIN) <= load<i64>(parameter, PARAMETER_MAX);
    case RegisterType.BOOL:
      return textMax === 0 && (load<u64>(parameter, PARAMETER_MIN) | load<u64>(parameter, PARAMETER_MAX)) === 0;
    case RegisterType.TEXT:
      return textMax <= 4 * TEXT_CHARS_MAX && (load<u64>(parameter, PARAMETER_MIN) | load<u64>(parameter, PARAMETER_MAX)) === 0;
    default:
      return false;
  }
}

/** Whether a register can hold every value of parameter number `index`. */
export function parameterFits(image: usize, register: u32, index: u64): bool {
  if (index >= (load<u32>(image, IMAGE_PARAMETER_COUNT) as u64)) return false;
  const parameter = descriptor(image, index as u32);
  const type = load<u32>(parameter, PARAMETER_TYPE);
  if (typeOf(image, register) !== type) return false;
  return type !== RegisterType.TEXT || maxOf(image, register) >= load<u32>(parameter, PARAMETER_TEXT_MAX);
}
