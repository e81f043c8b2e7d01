// Verifies a block of bound parameters: after it, a program that was proven for the declared bounds reads nothing else.

import { countCodePoints } from '../flatbuffers/text';
import {
  IMAGE_PARAMETER_COUNT,
  IMAGE_PARAMETERS,
  PARAMETER_BYTES,
  PARAMETER_MAX,
  PARAMETER_MIN,
  PARAMETER_TEXT_MAX,
  PARAMETER_TYPE,
  PARAMETER_VERSION_AT,
} from '../shared/image';
import { PARAMETER_BINDING_BYTES, PARAMETER_VALUE, PARAMETER_VERSION } from '../shared/layout';
import { ParameterError } from '../shared/status';
import { RegisterType } from '../shared/value-type';

const VERSION_BYTES: usize = 16;

/**
 * Judges a block of bindings for an image.
 *
 * @param image a verified image
 * @param address a multiple of 8
 * @param bytes length that the host has for the block, its texts included
 * @returns NONE, or the first thing that is wrong
 */
export function verifyParameters(image: usize, address: usize, bytes: u32): ParameterError {
  const count = load<u32>(image, IMAGE_PARAMETER_COUNT);
  const texts = count * PARAMETER_BINDING_BYTES;
  if (count === 0 || (address & 7) !== 0 || texts > bytes) return ParameterError.BAD_SIZE;
  let parameter = image + load<u32>(image, IMAGE_PARAMETERS);
  let previous: usize = 0;
  // A block holds each text once: texts that add up to more overlap, and checking them could take for ever.
  let textBytes: u64 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const binding = address + index * PARAMETER_BINDING_BYTES;
    if (!isVersion(binding + PARAMETER_VERSION)) return ParameterError.BAD_VERSION;
    if (previous !== 0 && isSameSet(parameter) && !isSameVersion(previous, binding)) return ParameterError.BAD_VERSION;
    const bits = load<u64>(binding, PARAMETER_VALUE);
    if (load<u32>(parameter, PARAMETER_TYPE) === RegisterType.TEXT) {
      const start = (bits & 0xffffffff) as u64;
      const length = (bits >> 32) as u32;
      textBytes += length as u64;
      if (length > load<u32>(parameter, PARAMETER_TEXT_MAX) || textBytes > (bytes as u64)) return ParameterError.BAD_TEXT;
      if (start < ((address + texts) as u64) || start + (length as u64) > (address as u64) + (bytes as u64)) {
        return ParameterError.BAD_TEXT;
      }
      if (countCodePoints(start as usize, length) < 0) return ParameterError.BAD_TEXT;
    } else if (!valueFits(parameter, bits)) {
      return ParameterError.BAD_VALUE;
    }
    previous = binding;
    parameter += PARAMETER_BYTES;
  }
  return ParameterError.NONE;
}

function valueFits(parameter: usize, bits: u64): bool {
  switch (load<u32>(parameter, PARAMETER_TYPE)) {
    case RegisterType.F64: {
      const value = reinterpret<f64>(bits);
      // False for NaN.
      return value >= load<f64>(parameter, PARAMETER_MIN) && value <= load<f64>(parameter, PARAMETER_MAX);
    }
    case RegisterType.I64:
      return (bits as i64) >= load<i64>(parameter, PARAMETER_MIN) && (bits as i64) <= load<i64>(parameter, PARAMETER_MAX);
    default:
      return bits <= 1;
  }
}

/** Whether a parameter, not the first one, is of the set of the one before. */
function isSameSet(parameter: usize): bool {
  return load<u32>(parameter, PARAMETER_VERSION_AT) === load<u32>(parameter - PARAMETER_BYTES, PARAMETER_VERSION_AT);
}

function isSameVersion(a: usize, b: usize): bool {
  return (
    load<u64>(a, PARAMETER_VERSION) === load<u64>(b, PARAMETER_VERSION) &&
    load<u64>(a, PARAMETER_VERSION + 8) === load<u64>(b, PARAMETER_VERSION + 8)
  );
}

/** 16 hex digits in lower case. */
function isVersion(address: usize): bool {
  for (let at: usize = 0; at < VERSION_BYTES; at++) {
    const byte = load<u8>(address + at) as u32;
    if (byte - 0x30 >= 10 && byte - 0x61 >= 6) return false;
  }
  return true;
}
